using System.Runtime.InteropServices;

namespace IoAsid.Typed.Linux;

/// <summary>A range of I/O virtual addresses. The last address belongs to it, so that a range can reach the top of all addresses.</summary>
/// <param name="Start">The first address.</param>
/// <param name="Last">The last address.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct IovaRange(ulong Start, ulong Last)
{
    /// <summary>Returns true if an address lies in the range.</summary>
    /// <param name="address">The address.</param>
    /// <returns>True if the address lies in the range.</returns>
    public bool Contains(ulong address) => address >= Start && address <= Last;

    /// <inheritdoc/>
    public override string ToString() => $"[0x{Start:X}, 0x{Last:X}]";
}
