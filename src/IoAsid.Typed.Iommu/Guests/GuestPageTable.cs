using System.Runtime.InteropServices;

namespace IoAsid.Typed.Iommu;

/// <summary>The first-stage tables of a guest's process, as the guest names them. They are checked when they are bound.</summary>
/// <param name="Root">The guest-physical address of the topmost table.</param>
/// <param name="Levels">The number of levels: 4 or 5.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct GuestPageTable(ulong Root, int Levels = 4)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Levels} levels at guest-physical 0x{Root:X}";
}
