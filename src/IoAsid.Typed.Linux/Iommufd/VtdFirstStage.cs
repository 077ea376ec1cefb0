using System.Runtime.InteropServices;
using IoAsid.Typed.Linux.Uapi;

namespace IoAsid.Typed.Linux;

/// <summary>A first-stage page table of VT-d in the memory of a guest.</summary>
/// <param name="Table">The address of the table of the highest level, in the address space of the nest parent.</param>
/// <param name="AddressWidth">The number of bits of its addresses, 48 or 57.</param>
/// <param name="Flags">How the table is walked.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct VtdFirstStage([GuestControlled] ulong Table, int AddressWidth = 48, VtdFirstStageFlags Flags = VtdFirstStageFlags.None)
{
    internal IommuHwptVtdS1 Encode() => new() { Flags = (ulong)Flags, PgtblAddr = Table, AddrWidth = (uint)AddressWidth };
}
