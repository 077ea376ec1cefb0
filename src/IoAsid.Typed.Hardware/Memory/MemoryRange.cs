using System.Runtime.InteropServices;

namespace IoAsid.Typed.Hardware;

/// <summary>A range of physical addresses.</summary>
/// <param name="Start">The first address.</param>
/// <param name="Length">The number of bytes.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct MemoryRange(ulong Start, ulong Length)
{
    /// <summary>The address after the last one; 0 when the range reaches the top of all addresses.</summary>
    public ulong End => unchecked(Start + Length);

    /// <summary>Whether an address lies in the range.</summary>
    /// <param name="address">The address.</param>
    /// <returns>True if it does.</returns>
    public bool Contains(ulong address) => unchecked(address - Start) < Length;

    /// <inheritdoc/>
    public override string ToString() => $"[0x{Start:X}, +0x{Length:X})";
}
