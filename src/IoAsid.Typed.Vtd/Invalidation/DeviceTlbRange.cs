using System.Numerics;
using System.Runtime.InteropServices;

namespace IoAsid.Typed.Vtd;

/// <summary>The pages of a device-TLB invalidation: a naturally aligned range of 2^<see cref="Order"/> pages of 4 KiB.</summary>
/// <remarks>
/// The encoding has no field for the size (PCIe, Address Translation Services): S clear is one page; with S set the number of
/// ones from bit 12 up tells the size, 0 ones being 8 KiB. Everything is S with bits 62:12 all ones and bit 63 clear.
/// </remarks>
[StructLayout(LayoutKind.Auto)]
public readonly record struct DeviceTlbRange
{
    /// <summary>The order of the range of all addresses: 2^64 bytes.</summary>
    public const int MaximumOrder = 64 - PageShift;

    private const int PageShift = 12;

    /// <summary>Returns a range.</summary>
    /// <param name="address">The first page, a multiple of the size, in bytes.</param>
    /// <param name="order">The binary logarithm of the number of pages: 0 to <see cref="MaximumOrder"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The order does not exist, or the address is not a multiple of the
    /// size.</exception>
    public DeviceTlbRange(ulong address, int order)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(order);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(order, MaximumOrder);
        if ((address & OffsetMask(order)) != 0)
            throw new ArgumentOutOfRangeException(nameof(address), address, $"A range of 2^{order} pages begins at a multiple of its size.");

        Address = address;
        Order = order;
    }

    /// <summary>The whole address space.</summary>
    public static DeviceTlbRange Everything { get; } = new(0, MaximumOrder);

    /// <summary>The first page, in bytes.</summary>
    public ulong Address { get; }

    /// <summary>The binary logarithm of the number of 4 KiB pages.</summary>
    public int Order { get; }

    /// <summary>The last byte of the range.</summary>
    public ulong LastAddress => Address | OffsetMask(Order);

    /// <summary>Returns the smallest range that contains two addresses.</summary>
    /// <param name="first">The lowest address.</param>
    /// <param name="last">The highest address, not below <paramref name="first"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The last address lies below the first.</exception>
    public static DeviceTlbRange Covering(ulong first, ulong last)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(last, first);
        int differingBits = 64 - BitOperations.LeadingZeroCount(first ^ last);
        int order = Math.Max(0, differingBits - PageShift);
        return new DeviceTlbRange(first & ~OffsetMask(order), order);
    }

    /// <summary>Returns the range in the encoding of a descriptor or a message.</summary>
    /// <param name="address">Bits 63:12 of the address; lower bits are not looked at.</param>
    /// <param name="size">The S bit.</param>
    /// <remarks>S with bits 63:12 all ones has no size. It is decoded as all addresses, because an invalidation of too much is harmless.</remarks>
    public static DeviceTlbRange Decode(ulong address, bool size)
    {
        int ones = BitOperations.TrailingZeroCount(~(address >> PageShift));
        int order = size ? Math.Min(ones + 1, MaximumOrder) : 0;
        return new DeviceTlbRange(address & ~OffsetMask(order), order);
    }

    /// <summary>Returns the encoding for a descriptor or a message: the address with the size in it, and the S bit.</summary>
    public (ulong Address, bool Size) Encode() =>
        Order == 0 ? (Address, false) : (Address | (OffsetMask(Order - 1) & ~OffsetMask(0)), true);

    /// <summary>Returns true if an address lies in the range.</summary>
    public bool Contains(ulong address) => ((address ^ Address) & ~OffsetMask(Order)) == 0;

    /// <summary>Returns the first and the last address, in hexadecimal.</summary>
    public override string ToString() => $"0x{Address:X}-0x{LastAddress:X}";

    private static ulong OffsetMask(int order) => ulong.MaxValue >> (64 - PageShift - order);
}
