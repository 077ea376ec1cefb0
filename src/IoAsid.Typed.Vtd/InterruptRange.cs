using System.Runtime.CompilerServices;

namespace IoAsid.Typed.Vtd;

/// <summary>The addresses to which a write without a PASID is an interrupt and not memory (VT-d, Interrupt Requests).</summary>
public static class InterruptRange
{
    /// <summary>The first address.</summary>
    public const ulong First = 0xFEE0_0000;

    /// <summary>The last address.</summary>
    public const ulong Last = 0xFEEF_FFFF;

    /// <summary>Returns true if an address lies in the range.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Contains(ulong address) => address - First <= Last - First;

    /// <summary>Returns true if some byte lies in the range.</summary>
    /// <param name="address">The first byte.</param>
    /// <param name="length">The number of bytes; 0 is treated as 1.</param>
    public static bool Overlaps(ulong address, ulong length)
    {
        ulong more = length == 0 ? 0 : length - 1;
        ulong last = more > ulong.MaxValue - address ? ulong.MaxValue : address + more;
        return address <= Last && last >= First;
    }
}
