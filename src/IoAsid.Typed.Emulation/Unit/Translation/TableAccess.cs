using System.Runtime.InteropServices;

namespace IoAsid.Typed.Emulation;

/// <summary>One transaction of a unit on a table in memory.</summary>
/// <param name="Address">The physical address.</param>
/// <param name="Size">The number of bytes: 8, or 16 of an entry that has more.</param>
/// <param name="IsUpdate">Whether it is a compare-exchange of accessed and dirty bits, not a read.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TableAccess(ulong Address, int Size, bool IsUpdate);
