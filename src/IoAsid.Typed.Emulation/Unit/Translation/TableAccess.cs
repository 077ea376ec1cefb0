using System.Runtime.InteropServices;

namespace IoAsid.Typed.Emulation;

/// <summary>A memory transaction of a unit on a table.</summary>
/// <param name="Address">The physical address.</param>
/// <param name="Size">The number of bytes: 8, or 16 for each part of a longer entry.</param>
/// <param name="IsUpdate">True for a compare-exchange of accessed and dirty bits, false for a read.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TableAccess(ulong Address, int Size, bool IsUpdate);
