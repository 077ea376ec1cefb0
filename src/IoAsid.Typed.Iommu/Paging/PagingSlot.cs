using System.Runtime.InteropServices;

namespace IoAsid.Typed.Iommu;

/// <summary>The entry at which a walk ended: a leaf, or an entry that is not used.</summary>
/// <param name="EntryAddress">The physical address of the entry.</param>
/// <param name="Entry">The value of the entry.</param>
/// <param name="Level">The level of the entry, 1 for pages of 4 KiB.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PagingSlot(ulong EntryAddress, ulong Entry, int Level)
{
    public bool IsUsed => Entry != 0;
}
