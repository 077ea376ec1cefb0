using System.Runtime.InteropServices;

namespace IoAsid.Typed.Iommu;

/// <summary>A range of whole pages in an address space: virtual addresses of a process, I/O virtual or guest-physical addresses.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct AddressRange
{
    /// <summary>The number of bytes of a page.</summary>
    public const int PageSize = 0x1000;

    private const ulong OffsetMask = PageSize - 1;

    /// <summary>Creates a range.</summary>
    /// <param name="start">The first address, a multiple of 4096.</param>
    /// <param name="length">The number of bytes, a multiple of 4096 and at least one page.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is empty, does not consist of whole pages, or exceeds the address space.</exception>
    public AddressRange(ulong start, ulong length)
    {
        ArgumentOutOfRangeException.ThrowIfZero(length);
        if (((start | length) & OffsetMask) != 0)
            throw new ArgumentOutOfRangeException(nameof(start), start, $"A range consists of whole pages: 0x{start:X} and 0x{length:X} must be multiples of {PageSize}.");
        if (start > ulong.MaxValue - (length - 1))
            throw new ArgumentOutOfRangeException(nameof(length), length, $"A range of 0x{length:X} bytes from 0x{start:X} exceeds the address space.");
        Start = start;
        Length = length;
    }

    /// <summary>The first address.</summary>
    public ulong Start { get; }

    /// <summary>The number of bytes.</summary>
    public ulong Length { get; }

    /// <summary>The last address.</summary>
    public ulong Last => unchecked(Start + Length - 1);

    /// <summary>The number of pages.</summary>
    public ulong Pages => Length / PageSize;

    /// <summary>Returns the page of an address.</summary>
    public static AddressRange PageOf(ulong address) => new(address & ~OffsetMask, PageSize);

    /// <summary>Returns true if an address is in the range.</summary>
    public bool Contains(ulong address) => unchecked(address - Start) < Length;

    /// <summary>Returns true if all of another range is in the range.</summary>
    public bool Contains(AddressRange other) => Contains(other.Start) && Contains(other.Last);

    /// <summary>Returns true if two ranges share an address.</summary>
    public bool Overlaps(AddressRange other) => Start <= other.Last && other.Start <= Last;

    /// <inheritdoc/>
    public override string ToString() => $"0x{Start:X}-0x{Last:X}";
}
