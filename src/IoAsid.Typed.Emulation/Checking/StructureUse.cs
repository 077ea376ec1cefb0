using System.Runtime.InteropServices;

namespace IoAsid.Typed.Emulation;

/// <summary>A walk that began at a cached entry of an upper level.</summary>
/// <param name="Space">The address space.</param>
/// <param name="IsFirstStage">Whether the entry is of the first stage.</param>
/// <param name="Input">The input address of the stage.</param>
/// <param name="Level">The level of the entry.</param>
/// <param name="Structure">The entry.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct StructureUse(AddressSpaceContext Space, bool IsFirstStage, ulong Input, int Level, CachedStructure Structure)
{
    /// <summary>The name of the entry.</summary>
    public string Name => (IsFirstStage ? "" : "SS-") + Level switch { 2 => "PDE", 3 => "PDPE", 4 => "PML4E", _ => "PML5E" };
}
