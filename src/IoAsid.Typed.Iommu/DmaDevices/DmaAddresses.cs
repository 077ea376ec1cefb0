using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>An allocator of device addresses. It allocates the lowest free range first, and never page 0 or the addresses of interrupts (VT-d 3.15).</summary>
internal sealed class DmaAddresses
{
    private readonly SortedList<ulong, AddressRange> _used = [];

    public DmaAddresses()
    {
        Add(new AddressRange(0, AddressRange.PageSize));
        Add(new AddressRange(InterruptRange.First, InterruptRange.Last - InterruptRange.First + 1));
    }

    /// <summary>Tries to allocate addresses.</summary>
    /// <param name="length">The number of bytes, a multiple of 4096.</param>
    /// <param name="last">The last address that may be allocated.</param>
    /// <param name="range">The addresses.</param>
    /// <returns>true if a free range is long enough; otherwise, false.</returns>
    public bool TryAllocate(ulong length, ulong last, out AddressRange range)
    {
        range = default;
        ulong start = 0;
        foreach (AddressRange used in _used.Values)
        {
            if (used.Start - start >= length)
                break;
            start = used.Last + 1;
        }

        if (start > last || last - start < length - 1)
            return false;
        range = new AddressRange(start, length);
        Add(range);
        return true;
    }

    public void Free(AddressRange range) => _used.Remove(range.Start);

    private void Add(AddressRange range) => _used.Add(range.Start, range);
}
