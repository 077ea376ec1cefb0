using System.Runtime.InteropServices;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// The format of the processor's tables. A page without rights stays in an entry that is not present, because hardware ignores the other bits of such an entry.
/// </summary>
/// <param name="PresetsAccessedDirty">
/// True if entries are written with A, and writable leaves with D, because a unit whose walks are not coherent cannot set them (VT-d 3.6.2).
/// </param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FirstStageFormat(bool PresetsAccessedDirty) : IPagingFormat
{
    public ulong Link(ulong table) =>
        new FirstStageEntry { Present = true, Writable = true, User = true, Accessed = PresetsAccessedDirty, Address = table }.Bits;

    public ulong Leaf(ulong page, int level, MemoryRights rights) =>
        WithRights(new FirstStageEntry { User = true, Accessed = PresetsAccessedDirty, PageSize = level > 1, Address = page }.Bits, rights);

    public ulong WithRights(ulong leaf, MemoryRights rights)
    {
        FirstStageEntry entry = new(leaf);
        bool isWritable = rights.HasFlag(MemoryRights.Write);
        return (entry with
        {
            Present = rights != MemoryRights.None,
            Writable = isWritable,
            ExecuteDisable = !rights.HasFlag(MemoryRights.Execute),
            Dirty = entry.Dirty || PresetsAccessedDirty && isWritable,
        }).Bits;
    }

    public ulong Piece(ulong leaf, int level, int index) => (new FirstStageEntry(leaf) with
    {
        PageSize = level > 2,
        Address = PageOf(leaf, level) + (ulong)index * TranslationTables.PageSizeOf(level - 1),
    }).Bits;

    public bool IsLeaf(ulong entry, int level) => new FirstStageEntry(entry).IsLeaf(level);

    public ulong PageOf(ulong leaf, int level) => new FirstStageEntry(leaf).PageAddress(level);

    public ulong TableOf(ulong link) => new FirstStageEntry(link).Address;
}
