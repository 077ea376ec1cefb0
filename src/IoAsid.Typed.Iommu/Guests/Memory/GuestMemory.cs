using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// A guest's physical memory: which memory of the host is behind which guest-physical addresses. Devices reach it through the container's second stage; the
/// hypervisor, and the guest's processors, through this class, and with the same rights.
/// </summary>
/// <remarks>Not thread-safe: it belongs to the steps of one machine.</remarks>
public sealed class GuestMemory : IPhysicalMemory
{
    private readonly IPhysicalMemory _host;
    private readonly DmaDomain _domain;

    // Held during each change, invalidation included: an unmapping waits for a mapping that began before it.
    private readonly AsyncLock _changes = new();
    private readonly SortedList<ulong, GuestMemoryRegion> _regions = [];
    private bool _isGone;

    internal GuestMemory(IPhysicalMemory host, DmaDomain domain)
    {
        _host = host;
        _domain = domain;
    }

    /// <summary>What is mapped, ascending.</summary>
    public IReadOnlyList<AddressRange> Ranges => [.. _regions.Values.Select(region => region.Range)];

    /// <summary>Gives the guest memory. Changes are made one after the other, in the order of the calls.</summary>
    /// <param name="range">The guest-physical addresses.</param>
    /// <param name="physical">The memory behind them, a multiple of 4096. It stays the caller's.</param>
    /// <param name="rights">What the guest and its devices may do there: read, write or both.</param>
    /// <param name="cancellationToken">Cancels the wait. The mapping goes on.</param>
    /// <exception cref="ArgumentException">Too wide, or no right is given. Nothing changed.</exception>
    /// <exception cref="IommuException">
    /// Something is mapped there already, there is no memory for tables, or the guest has died: <see cref="IommuError.Exited"/>. Nothing changed.
    /// </exception>
    public ValueTask MapAsync(
        AddressRange range, ulong physical, MemoryRights rights = MemoryRights.ReadWrite, CancellationToken cancellationToken = default) =>
        MapInTurnAsync(range, physical, rights).UnlessCancelled(cancellationToken);

    /// <summary>Takes memory away. When this returns neither the guest nor its devices reach it: it may be used for something else.</summary>
    /// <param name="range">The guest-physical addresses: whole mappings, as they were made (as in VFIO type 1).</param>
    /// <param name="cancellationToken">Cancels the wait. The unmapping goes on.</param>
    /// <exception cref="IommuException">
    /// NotFound: a mapping lies across an end of the range. Nothing changed. DeviceGone: a unit does not work any more. After the guest has died nothing is mapped.
    /// </exception>
    public ValueTask UnmapAsync(AddressRange range, CancellationToken cancellationToken = default) =>
        UnmapInTurnAsync(range).UnlessCancelled(cancellationToken);

    private async ValueTask MapInTurnAsync(AddressRange range, ulong physical, MemoryRights rights)
    {
        using AsyncLockEntry turn = await _changes.EnterAsync();
        ThrowIfGone();
        await _domain.MapAsync(range, physical, rights);
        _regions.Add(range.Start, new GuestMemoryRegion(range, physical, rights));
    }

    private async ValueTask UnmapInTurnAsync(AddressRange range)
    {
        using AsyncLockEntry turn = await _changes.EnterAsync();
        List<GuestMemoryRegion> leaving = [.. _regions.Values.Where(region => region.Range.Overlaps(range))];
        if (leaving.Find(region => !range.Contains(region.Range)) is { } cut)
            throw new IommuException(IommuError.NotFound, $"The mapping {cut.Range} lies across an end of {range}. Unmap it as a whole.");
        foreach (GuestMemoryRegion region in leaving)
            _regions.Remove(region.Range.Start);
        if (leaving.Count > 0)
            await _domain.UnmapAsync(range);
    }

    /// <inheritdoc/>
    public bool TryRead(ulong address, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            if (!TryPiece(address, destination.Length, MemoryRights.Read, out ulong physical, out int length)
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
            _ = TryPiece(address, source.Length, MemoryRights.Write, out ulong physical, out int length);
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
        return TryWord(address, sizeof(uint), MemoryRights.Read, out ulong physical) && _host.TryReadUInt32(physical, out value);
    }

    /// <inheritdoc/>
    public bool TryWriteUInt32(ulong address, uint value) =>
        TryWord(address, sizeof(uint), MemoryRights.Write, out ulong physical) && _host.TryWriteUInt32(physical, value);

    /// <inheritdoc/>
    public bool TryReadUInt64(ulong address, out ulong value)
    {
        value = 0;
        return TryWord(address, sizeof(ulong), MemoryRights.Read, out ulong physical) && _host.TryReadUInt64(physical, out value);
    }

    /// <inheritdoc/>
    public bool TryWriteUInt64(ulong address, ulong value) =>
        TryWord(address, sizeof(ulong), MemoryRights.Write, out ulong physical) && _host.TryWriteUInt64(physical, value);

    /// <inheritdoc/>
    public bool TryCompareExchange(ulong address, ulong expected, ulong value, out ulong found)
    {
        found = 0;
        return TryWord(address, sizeof(ulong), MemoryRights.ReadWrite, out ulong physical)
            && _host.TryCompareExchange(physical, expected, value, out found);
    }

    /// <summary>Removes everything permanently, after the changes that are under way. The owner of the domain frees it.</summary>
    internal async ValueTask EndAsync()
    {
        using AsyncLockEntry turn = await _changes.EnterAsync();
        _regions.Clear();
        _isGone = true;
    }

    private void ThrowIfGone()
    {
        if (_isGone)
            throw new IommuException(IommuError.Exited, $"The guest {_domain} has died: it gets no memory.");
    }

    // A word is never cut: mappings are whole pages, and words are aligned.
    private bool TryWord(ulong address, int size, MemoryRights access, out ulong physical)
    {
        if (address % (ulong)size != 0)
            throw new ArgumentException($"A word of {size} bytes lies at a multiple of {size}; 0x{address:X} is none.", nameof(address));
        return TryPiece(address, size, access, out physical, out _);
    }

    private bool MayWrite(ulong address, int length)
    {
        for (int left = length, piece; left > 0; left -= piece, address += (ulong)piece)
        {
            if (!TryPiece(address, left, MemoryRights.Write, out _, out piece))
                return false;
        }

        return true;
    }

    private bool TryPiece(ulong address, int length, MemoryRights access, out ulong physical, out int piece)
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
