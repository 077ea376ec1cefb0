using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// The physical memory of a guest: a mapping of guest-physical addresses to memory of the host. Devices access it through the container's second stage. The
/// hypervisor and the guest's processors access it through this class, with the same rights.
/// </summary>
/// <remarks>The class is not thread-safe: it runs in steps of one machine.</remarks>
public sealed class GuestMemory : IPhysicalMemory
{
    private readonly IPhysicalMemory _host;
    private readonly DmaDomain _domain;

    // Held during each change and its invalidation. An unmapping waits for a mapping that began earlier.
    private readonly AsyncLock _changes = new();
    private readonly SortedList<ulong, GuestMemoryRegion> _regions = [];
    private bool _hasEnded;

    internal GuestMemory(IPhysicalMemory host, DmaDomain domain)
    {
        _host = host;
        _domain = domain;
    }

    /// <summary>The mapped ranges, in the order of their addresses.</summary>
    public IReadOnlyList<AddressRange> Ranges => [.. _regions.Values.Select(region => region.Range)];

    /// <summary>Maps guest-physical addresses to memory. Changes run one after the other, in the order of the calls.</summary>
    /// <param name="range">The guest-physical addresses.</param>
    /// <param name="physical">The physical address of the memory, a multiple of 4096. The memory still belongs to the caller.</param>
    /// <param name="rights">The rights of the guest and its devices: read, write or both.</param>
    /// <param name="cancellationToken">Cancels the wait. The mapping continues.</param>
    /// <exception cref="ArgumentException">The range is too wide, or <paramref name="rights"/> is empty. Nothing changed.</exception>
    /// <exception cref="IommuException">
    /// An address is already mapped, no memory is left for tables, or the guest has ended (<see cref="IommuError.Exited"/>). Nothing changed.
    /// </exception>
    public ValueTask MapAsync(
        AddressRange range, ulong physical, MemoryRights rights = MemoryRights.ReadWrite, CancellationToken cancellationToken = default) =>
        MapInTurnAsync(range, physical, rights).UnlessCancelled(cancellationToken);

    /// <summary>Unmaps memory. On completion neither the guest nor its devices can reach the memory, and it can be used again.</summary>
    /// <param name="range">The guest-physical addresses. They consist of whole mappings (like VFIO type 1).</param>
    /// <param name="cancellationToken">Cancels the wait. The unmapping continues.</param>
    /// <exception cref="IommuException">
    /// NotFound: a mapping lies across an end of the range. Nothing changed. DeviceGone: a unit does not work. After the end of the guest nothing is mapped.
    /// </exception>
    public ValueTask UnmapAsync(AddressRange range, CancellationToken cancellationToken = default) =>
        UnmapInTurnAsync(range).UnlessCancelled(cancellationToken);

    private async ValueTask MapInTurnAsync(AddressRange range, ulong physical, MemoryRights rights)
    {
        using AsyncLockEntry turn = await _changes.EnterAsync();
        ThrowIfEnded();
        await _domain.MapAsync(range, physical, rights);
        _regions.Add(range.Start, new GuestMemoryRegion(range, physical, rights));
    }

    private async ValueTask UnmapInTurnAsync(AddressRange range)
    {
        using AsyncLockEntry turn = await _changes.EnterAsync();
        List<GuestMemoryRegion> removed = [.. _regions.Values.Where(region => region.Range.Overlaps(range))];
        if (removed.Find(region => !range.Contains(region.Range)) is { } cut)
            throw new IommuException(IommuError.NotFound, $"The mapping {cut.Range} lies across an end of {range}. Unmap it as a whole.");
        foreach (GuestMemoryRegion region in removed)
            _regions.Remove(region.Range.Start);
        if (removed.Count > 0)
            await _domain.UnmapAsync(range);
    }

    /// <inheritdoc/>
    public bool TryRead(ulong address, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            if (!TryTranslate(address, destination.Length, MemoryRights.Read, out ulong physical, out int length)
                || !_host.TryRead(physical, destination[..length]))
                return false;
            destination = destination[length..];
            address += (ulong)length;
        }

        return true;
    }

    /// <inheritdoc/>
    public bool TryWrite(ulong address, ReadOnlySpan<byte> source)
    {
        if (!MayWrite(address, source.Length))
            return false;
        while (!source.IsEmpty)
        {
            _ = TryTranslate(address, source.Length, MemoryRights.Write, out ulong physical, out int length);
            if (!_host.TryWrite(physical, source[..length]))
                return false;
            source = source[length..];
            address += (ulong)length;
        }

        return true;
    }

    /// <inheritdoc/>
    public bool TryReadUInt32(ulong address, out uint value)
    {
        value = 0;
        return TryTranslateWord(address, sizeof(uint), MemoryRights.Read, out ulong physical) && _host.TryReadUInt32(physical, out value);
    }

    /// <inheritdoc/>
    public bool TryWriteUInt32(ulong address, uint value) =>
        TryTranslateWord(address, sizeof(uint), MemoryRights.Write, out ulong physical) && _host.TryWriteUInt32(physical, value);

    /// <inheritdoc/>
    public bool TryReadUInt64(ulong address, out ulong value)
    {
        value = 0;
        return TryTranslateWord(address, sizeof(ulong), MemoryRights.Read, out ulong physical) && _host.TryReadUInt64(physical, out value);
    }

    /// <inheritdoc/>
    public bool TryWriteUInt64(ulong address, ulong value) =>
        TryTranslateWord(address, sizeof(ulong), MemoryRights.Write, out ulong physical) && _host.TryWriteUInt64(physical, value);

    /// <inheritdoc/>
    public bool TryCompareExchange(ulong address, ulong expected, ulong value, out ulong found)
    {
        found = 0;
        return TryTranslateWord(address, sizeof(ulong), MemoryRights.ReadWrite, out ulong physical)
            && _host.TryCompareExchange(physical, expected, value, out found);
    }

    /// <summary>Removes all mappings and refuses new ones, after earlier changes are complete. The owner of the domain frees the tables.</summary>
    internal async ValueTask EndAsync()
    {
        using AsyncLockEntry turn = await _changes.EnterAsync();
        _regions.Clear();
        _hasEnded = true;
    }

    private void ThrowIfEnded()
    {
        if (_hasEnded)
            throw new IommuException(IommuError.Exited, $"The guest {_domain} has ended. No memory can be mapped.");
    }

    // A word never lies across two mappings, because mappings consist of whole pages and words are aligned.
    private bool TryTranslateWord(ulong address, int size, MemoryRights access, out ulong physical)
    {
        if (address % (ulong)size != 0)
            throw new ArgumentException($"The address 0x{address:X} of a word of {size} bytes is not a multiple of {size}.", nameof(address));
        return TryTranslate(address, size, access, out physical, out _);
    }

    private bool MayWrite(ulong address, int length)
    {
        for (int left = length, piece; left > 0; left -= piece, address += (ulong)piece)
        {
            if (!TryTranslate(address, left, MemoryRights.Write, out _, out piece))
                return false;
        }

        return true;
    }

    private bool TryTranslate(ulong address, int length, MemoryRights access, out ulong physical, out int piece)
    {
        (physical, piece) = (0, 0);
        if (Find(address) is not { } region || (region.Rights & access) != access)
            return false;
        physical = region.Physical + (address - region.Range.Start);
        piece = (int)Math.Min((ulong)length, region.Range.Last - address + 1);
        return true;
    }

    private GuestMemoryRegion? Find(ulong address)
    {
        IList<ulong> starts = _regions.Keys;
        (int low, int high) = (0, starts.Count);
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (starts[middle] <= address)
                low = middle + 1;
            else
                high = middle;
        }

        return low > 0 && _regions.Values[low - 1] is var region && region.Range.Contains(address) ? region : null;
    }
}
