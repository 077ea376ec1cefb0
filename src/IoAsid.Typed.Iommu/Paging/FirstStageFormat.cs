using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// The processor's tables. Memory that may not be accessed at all keeps its page in an entry that is not present: hardware ignores the rest of it.
/// </summary>
internal readonly struct FirstStageFormat : IPagingFormat
{
    public static ulong Link(ulong table) =>
        new FirstStageEntry { Present = true, Writable = true, User = true, Address = table }.Bits;

    public static ulong Leaf(ulong page, int level, MemoryRights rights) =>
        WithRights(new FirstStageEntry { User = true, PageSize = level > 1, Address = page }.Bits, rights);

    public static ulong WithRights(ulong leaf, MemoryRights rights) => (new FirstStageEntry(leaf) with
    {
        Present = rights != MemoryRights.None,
        Writable = rights.HasFlag(MemoryRights.Write),
        ExecuteDisable = !rights.HasFlag(MemoryRights.Execute),
    }).Bits;

    public static ulong Piece(ulong leaf, int level, int index) => (new FirstStageEntry(leaf) with
    {
        PageSize = level > 2,
        Address = PageOf(leaf, level) + (ulong)index * TranslationTables.PageSizeOf(level - 1),
    }).Bits;

    public static bool IsLeaf(ulong entry, int level) => new FirstStageEntry(entry).IsLeaf(level);

    public static ulong PageOf(ulong leaf, int level) => new FirstStageEntry(leaf).PageAddress(level);

    public static ulong TableOf(ulong link) => new FirstStageEntry(link).Address;
}
