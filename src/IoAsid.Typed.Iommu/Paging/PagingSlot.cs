using System.Runtime.InteropServices;

namespace IoAsid.Typed.Iommu;

/// <summary>Where a walk ended: at a leaf, or at an entry that is not used.</summary>
/// <param name="Place">The physical address of the entry.</param>
/// <param name="Entry">What it held.</param>
/// <param name="Level">Its level, 1 for the level of 4 KiB pages.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PagingSlot(ulong Place, ulong Entry, int Level)
{
    public bool IsUsed => Entry != 0;
}
