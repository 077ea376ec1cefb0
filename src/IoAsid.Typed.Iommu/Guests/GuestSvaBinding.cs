using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// A process of a guest behind a PASID: the guest's own tables translate to guest-physical addresses, and the container's domain from there to memory. One table
/// for the PASID, one bond for each device.
/// </summary>
/// <remarks>Whatever the order of bind, unbind, free and death, changes are made one after the other, and each finds what the ones before have left.</remarks>
public sealed class GuestSvaBinding : SvaBinding
{
    // Held during each bind and unbind. It guards _bonds.
    private readonly AsyncLock _changes = new();
    private readonly Dictionary<GuestDevice, GuestSvaBond> _bonds = [];

    internal GuestSvaBinding(VfioContainer container) => Container = container;

    /// <summary>The container of the guest.</summary>
    public VfioContainer Container { get; }

    /// <summary>The PASID as hardware knows it. The guest never sees it.</summary>
    public Pasid Pasid => Handle.Id.ToPasid();

    /// <summary>What the guest calls it.</summary>
    public PrivateIoAsid GuestPasid { get; internal set; }

    /// <summary>The tables that are bound; null while no device is.</summary>
    public GuestPageTable? Table { get; private set; }

    /// <summary>The allocation; set once, before anybody else sees the binding.</summary>
    internal IoAsidHandle<GuestSvaBinding> Handle { get; set; }

    /// <summary>The units where the PASID means something, and the id that what they cache of it is tagged with.</summary>
    internal IEnumerable<(VtdDriver Unit, DomainId DomainId)> Units => Attachments.Units.Select(unit => (unit, Container.Domain.DomainIds[unit]));

    /// <summary>Whether work for the PASID may be submitted to a device, and page requests of it are the guest's business.</summary>
    internal bool IsOpenOn(GuestDevice device) => _bonds.TryGetValue(device, out GuestSvaBond? bond) && bond.IsOpen;

    /// <summary>Binds a device. Who calls holds the id.</summary>
    /// <exception cref="IommuException">It cannot be; nothing changed.</exception>
    internal async ValueTask<GuestSvaBond> BindAsync(GuestDevice device, GuestPageTable table)
    {
        using (await _changes.EnterAsync())
        {
            RequireRoomFor(device, table);
            GuestSvaBond bond = new(this, device, new DomainUse(device.Device, Pasid, IsNested: true));
            DomainId domainId = Container.Domain.Begin(bond.Use);
            _bonds.Add(device, bond);
            try
            {
                await Attachments.AttachAsync(device.Device, Handle, EntryFor(device.Device.Unit.Capabilities, domainId, table));
                Table = table;
                return bond;
            }
            catch (Exception error)
            {
                Remove(bond);
                if (error is StaleIoAsidException)
                    throw GuestPasids.NoSuchPasid(GuestPasid);
                throw;
            }
        }
    }

    /// <summary>Returns the bond of a device; null if the device is not bound.</summary>
    internal GuestSvaBond? Find(GuestDevice device) => _bonds.GetValueOrDefault(device);

    /// <summary>Takes a device away: no new work, none under way, no translation, nothing in flight, in this order.</summary>
    internal async ValueTask UnbindAsync(GuestSvaBond bond)
    {
        using (await _changes.EnterAsync())
        {
            if (_bonds.GetValueOrDefault(bond.Device) == bond)
                await EndAsync(bond);
        }
    }

    /// <summary>Takes all devices away, after the id was freed: a bind that is under way is waited for, and undone.</summary>
    internal async Task EndAsync()
    {
        using (await _changes.EnterAsync())
        {
            foreach (GuestSvaBond bond in _bonds.Values.ToList())
                await EndAsync(bond);
        }
    }

    /// <summary>Has the guest answer a group. Complete when anybody has: until then the caller holds the PASID.</summary>
    internal async ValueTask ForwardAsync([Answers] PageRequestGroup group)
    {
        if (Container.Assigned.Find(group.Device) is not { } device || !IsOpenOn(device))
        {
            group.Respond(PageResponse.InvalidRequest);
            return;
        }

        device.PageRequests.Forward(group, this);
        await group.WaitForAnswerAsync();
    }

    private async ValueTask EndAsync(GuestSvaBond bond)
    {
        bond.Close();
        bond.Device.Device.PageRequests.Refuse(Pasid);
        await bond.Device.StopAsync(Pasid);
        await Attachments.DetachAsync(bond.Device.Device);
        Remove(bond);
    }

    private void Remove(GuestSvaBond bond)
    {
        if (!Attachments.Reaches(bond.Device.Device))
            Container.Domain.End(bond.Use);
        _bonds.Remove(bond.Device);
        if (_bonds.Count == 0)
            Table = null;
    }

    private void RequireRoomFor(GuestDevice device, GuestPageTable table)
    {
        if (device.IsUnassigned)
            throw GuestPasids.NoSuchPasid(GuestPasid);
        if (_bonds.ContainsKey(device))
            throw new IommuException(IommuError.Busy, $"{device} is bound to the guest's PASID {GuestPasid} already. Unbind it first.");
        // Units tag what they cache by domain and PASID: two tables under one tag would be mixed.
        if (Table is { } bound && bound != table)
            throw new IommuException(IommuError.Busy, $"The guest's PASID {GuestPasid} has its table at {bound}. Bind other devices to the same.");
    }

    private PasidEntry EntryFor(in VtdCapabilities capabilities, DomainId domainId, GuestPageTable table) =>
        Container.Domain.EntryFor(capabilities, domainId) with
        {
            GrantType = PasidGrantType.Nested,
            FirstStageTable = table.Root,
            FirstStagePagingMode = table.Levels == 5 ? FirstStagePagingMode.FiveLevel : FirstStagePagingMode.FourLevel,
        };
}
