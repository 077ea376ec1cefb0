using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// An address space for devices that its owner fills: tables from I/O virtual, or guest-physical, addresses to memory. It may be attached for
/// requests without PASID, be an auxiliary domain behind a PASID, or lie under the first stage of a guest.
/// </summary>
/// <remarks>
/// On each unit it has a domain id of its own, while something there uses it: two domains never share cached translations. Changes are made one after the other, in the
/// order of the calls: a mapping never meets what an earlier unmapping has not yet removed from caches.
/// </remarks>
public sealed class DmaDomain
{
    // Held during each change, invalidation included. It guards _tables against a second change.
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

    /// <summary>How many devices use it, each counted for each PASID.</summary>
    public int Uses => _uses.Count;

    /// <summary>How many bits of an address it translates.</summary>
    internal AddressWidth AddressWidth => _tables.AddressWidth;

    /// <summary>The units where something uses it, and its id there.</summary>
    internal IReadOnlyDictionary<VtdDriver, DomainId> DomainIds => _domainIds;

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>Maps addresses that are not mapped. Units do not cache what is absent, or are told.</summary>
    /// <param name="range">The addresses.</param>
    /// <param name="physical">The first byte of memory behind them, a multiple of 4096.</param>
    /// <param name="rights">The rights of devices: read, write or both. First-stage tables add read to write.</param>
    /// <param name="cancellationToken">Cancels the wait. The mapping goes on.</param>
    /// <exception cref="ArgumentException">Too wide, or no right is given. Nothing changed.</exception>
    /// <exception cref="IommuException">Something is mapped there already, or there is no memory for tables. Nothing changed.</exception>
    /// <exception cref="ObjectDisposedException">It was freed.</exception>
    public ValueTask MapAsync(AddressRange range, ulong physical, MemoryRights rights, CancellationToken cancellationToken = default) =>
        MapAsync(range, physical, rights).UnlessCancelled(cancellationToken);

    /// <summary>Takes addresses away. When this returns no device reaches the memory behind them any more: it may be used for something else.</summary>
    /// <param name="range">The addresses; those that are not mapped do not matter.</param>
    /// <param name="cancellationToken">Cancels the wait. The unmapping goes on.</param>
    /// <exception cref="IommuException">A unit does not work any more, or there is no memory to split a large page.</exception>
    /// <exception cref="ObjectDisposedException">It was freed.</exception>
    public ValueTask UnmapAsync(AddressRange range, CancellationToken cancellationToken = default) => UnmapAsync(range).UnlessCancelled(cancellationToken);

    /// <summary>The memory behind an address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="physical">Where it is, if it is mapped.</param>
    /// <returns>Whether it is mapped.</returns>
    /// <exception cref="ObjectDisposedException">It was freed.</exception>
    public bool TryTranslate(ulong address, out ulong physical)
    {
        ThrowIfFreed();
        return _tables.TryTranslate(address, out physical);
    }

    /// <summary>Gives its tables back. Nothing may use it any more, its owner neither. A second time does nothing.</summary>
    /// <exception cref="IommuException">Something uses it still.</exception>
    public void Free()
    {
        if (_uses.Count > 0)
            throw new IommuException(IommuError.Busy, $"The domain {Name} is used by {string.Join(", ", _uses)}. Detach it there first.");
        if (_isFreed)
            return;
        _isFreed = true;
        _tables.Free();
    }

    /// <summary>Counts a use of the domain before hardware is told of it.</summary>
    /// <returns>The domain's id on the device's unit.</returns>
    /// <exception cref="IommuException">The unit cannot walk the tables, or has no domain id left. Nothing changed.</exception>
    /// <exception cref="ObjectDisposedException">It was freed.</exception>
    internal DomainId Begin(in DomainUse use)
    {
        ThrowIfFreed();
        VtdDriver unit = use.Device.Unit;
        if (!_tables.IsSupportedBy(unit.Capabilities))
            throw new IommuException(IommuError.NotSupported, $"The unit {unit} cannot translate by the {Describe()}, which {Name} has.");
        if (!_domainIds.TryGetValue(unit, out DomainId id))
            _domainIds.Add(unit, id = unit.DomainIds.Allocate());
        _uses.Add(use);
        return id;
    }

    /// <summary>Ends a use after its translations were dropped everywhere.</summary>
    internal void End(DomainUse use)
    {
        _uses.Remove(use);
        VtdDriver unit = use.Device.Unit;
        if (!_uses.Exists(other => other.Device.Unit == unit) && _domainIds.Remove(unit, out DomainId id))
            unit.DomainIds.Free(id);
    }

    /// <summary>The PASID entry of a device that has nothing but this domain.</summary>
    internal PasidEntry EntryFor(in VtdCapabilities capabilities, DomainId domainId) => _tables.EntryFor(capabilities, domainId);

    private async ValueTask MapAsync(AddressRange range, ulong physical, MemoryRights rights)
    {
        using AsyncLockEntry turn = await _changes.EnterAsync();
        ThrowIfFreed();
        _tables.Map(range, physical, rights);
        if (_domainIds.Keys.Any(unit => unit.Capabilities.CachingMode))
            await InvalidateAsync(range, onlyLeaves: false);
    }

    private async ValueTask UnmapAsync(AddressRange range)
    {
        using AsyncLockEntry turn = await _changes.EnterAsync();
        ThrowIfFreed();
        await _tables.UnmapAsync(range, InvalidateAsync);
    }

    private async ValueTask InvalidateAsync(AddressRange range, bool onlyLeaves)
    {
        DeviceTlbRange pages = DeviceTlbRange.Covering(range.Start, range.Last);
        foreach ((VtdDriver unit, DomainId id) in _domainIds.ToList())
        {
            InvalidationBatch batch = new();
            DomainUse[] uses = [.. _uses.Where(use => use.Device.Unit == unit)];
            _tables.AppendInvalidation(batch, unit.Capabilities, id, uses.Select(use => use.Pasid).Distinct(), new ChangedPages(pages, onlyLeaves));
            foreach (DomainUse use in uses)
                use.Device.AppendDeviceTlb(batch, use.Pasid, use.IsNested ? DeviceTlbRange.Everything : pages);
            await unit.Invalidations.RunAsync(batch);
        }
    }

    private string Describe() => _tables switch
    {
        FirstStageTables => $"first-stage tables of {AddressWidth}",
        PassThroughTables => $"pass-through of {AddressWidth}",
        _ => $"second-stage tables of {AddressWidth}",
    };

    private void ThrowIfFreed() => ObjectDisposedException.ThrowIf(_isFreed, this);
}
