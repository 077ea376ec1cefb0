using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// An address space for devices, filled by its owner. Its tables map I/O virtual addresses, or guest-physical addresses, to memory. A domain can be attached
/// for requests without PASID, belong to an auxiliary domain, or lie under the first stage of a guest.
/// </summary>
/// <remarks>
/// While a device behind a unit uses the domain, the domain has an id of its own on that unit, so two domains never share cached translations. Changes run one
/// after the other, in the order of the calls. A mapping begins after the invalidation of each earlier unmapping is complete.
/// </remarks>
public sealed class DmaDomain
{
    // Held during each change and its invalidation. It guards _tables against a second change.
    private readonly AsyncLock _changes = new();
    private readonly DomainTables _tables;
    private readonly List<DomainUse> _uses = [];
    private readonly Dictionary<VtdDriver, DomainId> _domainIds = [];
    private bool _isFreed;

    internal DmaDomain(string name, DomainTables tables)
    {
        Name = name;
        _tables = tables;
    }

    /// <summary>The display name.</summary>
    public string Name { get; }

    /// <summary>The number of uses by devices. Each PASID of a device counts separately.</summary>
    public int Uses => _uses.Count;

    /// <summary>The width of the addresses.</summary>
    internal AddressWidth AddressWidth => _tables.AddressWidth;

    /// <summary>The units whose devices use the domain, with its domain id on each unit.</summary>
    internal IReadOnlyDictionary<VtdDriver, DomainId> DomainIds => _domainIds;

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>Maps addresses that are not mapped. A unit in caching mode is notified, because it may cache entries that are not present.</summary>
    /// <param name="range">The addresses.</param>
    /// <param name="physical">The physical address of the first byte, a multiple of 4096.</param>
    /// <param name="rights">The rights of devices: read, write or both. In first-stage tables, write includes read.</param>
    /// <param name="cancellationToken">Cancels the wait. The mapping continues.</param>
    /// <exception cref="ArgumentException">The range is too wide, or <paramref name="rights"/> is empty. Nothing changed.</exception>
    /// <exception cref="IommuException">An address is already mapped, or no memory is left for tables. Nothing changed.</exception>
    /// <exception cref="ObjectDisposedException">The domain is freed.</exception>
    public ValueTask MapAsync(AddressRange range, ulong physical, MemoryRights rights, CancellationToken cancellationToken = default) =>
        MapAsync(range, physical, rights).UnlessCancelled(cancellationToken);

    /// <summary>Unmaps addresses. On completion no device can reach the memory behind them, and the memory can be used again.</summary>
    /// <param name="range">The addresses. Addresses that are not mapped are skipped.</param>
    /// <param name="cancellationToken">Cancels the wait. The unmapping continues.</param>
    /// <exception cref="IommuException">A unit does not work, or no memory is left to split a large page.</exception>
    /// <exception cref="ObjectDisposedException">The domain is freed.</exception>
    public ValueTask UnmapAsync(AddressRange range, CancellationToken cancellationToken = default) => UnmapAsync(range).UnlessCancelled(cancellationToken);

    /// <summary>Tries to translate an address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="physical">The physical address, if the address is mapped.</param>
    /// <returns>true if the address is mapped; otherwise, false.</returns>
    /// <exception cref="ObjectDisposedException">The domain is freed.</exception>
    public bool TryTranslate(ulong address, out ulong physical)
    {
        ThrowIfFreed();
        return _tables.TryTranslate(address, out physical);
    }

    /// <summary>Frees the tables. The domain must not be used afterwards. A second call does nothing.</summary>
    /// <exception cref="IommuException">A device uses the domain.</exception>
    public void Free()
    {
        if (_uses.Count > 0)
            throw new IommuException(IommuError.Busy, $"The domain {Name} is used by {string.Join(", ", _uses)}. Detach it there first.");
        if (_isFreed)
            return;
        _isFreed = true;
        _tables.Free();
    }

    /// <summary>Returns true if a unit with these capabilities can walk the tables.</summary>
    internal bool IsSupportedBy(in VtdCapabilities capabilities) => _tables.IsSupportedBy(capabilities);

    /// <summary>Adds a use of the domain, before hardware learns the domain.</summary>
    /// <returns>The domain's id on the device's unit.</returns>
    /// <exception cref="IommuException">The unit cannot walk the tables, or no domain id is left. Nothing changed.</exception>
    /// <exception cref="ObjectDisposedException">The domain is freed.</exception>
    internal DomainId AddUse(in DomainUse use)
    {
        ThrowIfFreed();
        VtdDriver unit = use.Device.Unit;
        if (!IsSupportedBy(unit.Capabilities))
            throw new IommuException(IommuError.NotSupported, $"The unit {unit} cannot walk the {Describe()} of {Name}.");
        if (!_domainIds.TryGetValue(unit, out DomainId id))
            _domainIds.Add(unit, id = unit.DomainIds.Allocate());
        _uses.Add(use);
        return id;
    }

    /// <summary>Adds a use of the domain, and writes the entry of its PASID. <see cref="IommuDevice.InvalidateNotPresentAsync"/> must follow.</summary>
    /// <returns>The entry.</returns>
    /// <exception cref="IommuException">The unit cannot walk the tables, no domain id or memory is left, or the device cannot use the PASID. Nothing changed.</exception>
    /// <exception cref="ObjectDisposedException">The domain is freed.</exception>
    internal PasidEntry Attach(in DomainUse use)
    {
        PasidEntry entry = EntryFor(use.Device.Unit.Capabilities, AddUse(use));
        try
        {
            use.Device.Attach(use.Pasid, entry);
            return entry;
        }
        catch
        {
            RemoveUse(use);
            throw;
        }
    }

    /// <summary>Removes a use after its translations were invalidated in all caches.</summary>
    internal void RemoveUse(DomainUse use)
    {
        _uses.Remove(use);
        VtdDriver unit = use.Device.Unit;
        if (!_uses.Exists(other => other.Device.Unit == unit) && _domainIds.Remove(unit, out DomainId id))
            unit.DomainIds.Free(id);
    }

    /// <summary>Returns the PASID entry of a device that translates by this domain alone.</summary>
    internal PasidEntry EntryFor(in VtdCapabilities capabilities, DomainId domainId) => _tables.EntryFor(capabilities, domainId);

    private async ValueTask MapAsync(AddressRange range, ulong physical, MemoryRights rights)
    {
        using DriverOperation? operation = DriverOperation.Start("map", addressSpace: Name, range: range);
        using AsyncLockEntry turn = await _changes.EnterAsync();
        ThrowIfFreed();
        _tables.Map(range, physical, rights);
        if (_domainIds.Keys.Any(unit => unit.Capabilities.CachingMode))
            await InvalidateAsync(range, onlyLeaves: false);
        operation?.Complete();
    }

    private async ValueTask UnmapAsync(AddressRange range)
    {
        using DriverOperation? operation = DriverOperation.Start("unmap", addressSpace: Name, range: range);
        using AsyncLockEntry turn = await _changes.EnterAsync();
        ThrowIfFreed();
        await _tables.UnmapAsync(range, InvalidateAsync);
        operation?.Complete();
    }

    private async ValueTask InvalidateAsync(AddressRange range, bool onlyLeaves)
    {
        using DriverOperation? operation = DriverOperation.Start("invalidate", addressSpace: Name, range: range);
        DeviceTlbRange pages = DeviceTlbRange.Covering(range.Start, range.Last);
        foreach ((VtdDriver unit, DomainId id) in _domainIds.ToList())
        {
            InvalidationBatch batch = new();
            DomainUse[] uses = [.. _uses.Where(use => use.Device.Unit == unit)];
            _tables.AppendInvalidation(batch, unit.Capabilities, id, uses.Select(use => use.Pasid).Distinct(), new ChangedPages(pages, onlyLeaves));
            foreach (DomainUse use in uses)
                use.Device.AppendDeviceTlbInvalidation(batch, use.Pasid, use.IsNested ? DeviceTlbRange.Everything : pages);
            await unit.Invalidations.RunAsync(batch);
        }

        operation?.Complete();
    }

    private string Describe() => _tables switch
    {
        FirstStageTables => $"first-stage tables of {AddressWidth}",
        PassThroughTables => $"pass-through of {AddressWidth}",
        _ => $"second-stage tables of {AddressWidth}",
    };

    private void ThrowIfFreed() => ObjectDisposedException.ThrowIf(_isFreed, this);
}
