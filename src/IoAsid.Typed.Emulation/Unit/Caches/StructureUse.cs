using System.Runtime.InteropServices;

namespace IoAsid.Typed.Emulation;

/// <summary>A walk that began at an entry of a paging-structure cache (VT-d 6.2.5).</summary>
/// <param name="Space">The address space.</param>
/// <param name="IsFirstStage">True for an entry of the first stage, false for the second stage.</param>
/// <param name="Input">The input address of the stage.</param>
/// <param name="Structure">The entry.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct StructureUse(AddressSpaceContext Space, bool IsFirstStage, ulong Input, CachedStructure Structure)
{
    /// <summary>The name of the entry in the VT-d specification.</summary>
    public string Name => (IsFirstStage ? "" : "SS-") + Structure.Level switch { 2 => "PDE", 3 => "PDPE", 4 => "PML4E", _ => "PML5E" };
}
