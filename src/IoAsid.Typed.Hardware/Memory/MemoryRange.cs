using System.Runtime.InteropServices;

namespace IoAsid.Typed.Hardware;

/// <summary>A range of physical addresses.</summary>
/// <param name="Start">The first address.</param>
/// <param name="Length">The number of bytes.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct MemoryRange(ulong Start, ulong Length)
{
    /// <summary>The address after the last one, or 0 if the range ends at the top of the address space.</summary>
    public ulong End => unchecked(Start + Length);

    /// <summary>Returns true if an address is in the range.</summary>
    /// <param name="address">The address.</param>
    /// <returns>true if the address is in the range; otherwise, false.</returns>
    public bool Contains(ulong address) => unchecked(address - Start) < Length;

    /// <inheritdoc/>
    public override string ToString() => $"[0x{Start:X}, +0x{Length:X})";
}
