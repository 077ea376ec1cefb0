using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>The format of second-stage tables, which map I/O virtual or guest-physical addresses to physical addresses.</summary>
internal readonly struct SecondStageFormat : IPagingFormat
{
    public ulong Link(ulong table) => new SecondStageEntry { Read = true, Write = true, Address = table }.Bits;

    public ulong Leaf(ulong page, int level, MemoryRights rights) =>
        WithRights(new SecondStageEntry { PageSize = level > 1, Address = page }.Bits, rights);

    public ulong WithRights(ulong leaf, MemoryRights rights) => (new SecondStageEntry(leaf) with
    {
        Read = rights.HasFlag(MemoryRights.Read),
        Write = rights.HasFlag(MemoryRights.Write),
    }).Bits;

    public ulong Piece(ulong leaf, int level, int index) => (new SecondStageEntry(leaf) with
    {
        PageSize = level > 2,
        Address = PageOf(leaf, level) + (ulong)index * TranslationTables.PageSizeOf(level - 1),
    }).Bits;

    public bool IsLeaf(ulong entry, int level) => new SecondStageEntry(entry).IsLeaf(level);

    public ulong PageOf(ulong leaf, int level) => new SecondStageEntry(leaf).PageAddress(level);

    public ulong TableOf(ulong link) => new SecondStageEntry(link).Address;
}
