using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// A process of a guest behind a PASID. The guest's first stage translates to guest-physical addresses, and the container's domain translates these to memory.
/// The PASID has one first-stage table, and one bond for each device.
/// </summary>
/// <remarks>Bind, unbind, free and the end of the guest run one after the other. Each handles every state that the others leave.</remarks>
public sealed class GuestSvaBinding : SvaBinding
{
    // Held during each bind and unbind. It guards _bonds.
    private readonly AsyncLock _changes = new();
    private readonly Dictionary<GuestDevice, GuestSvaBond> _bonds = [];

    internal GuestSvaBinding(VfioContainer container) => Container = container;

    /// <summary>The container of the guest.</summary>
    public VfioContainer Container { get; }

    /// <summary>The PASID of the host. The guest never sees it.</summary>
    public Pasid Pasid => Handle.Id.ToPasid();

    /// <summary>The PASID in the guest.</summary>
    public PrivateIoAsid GuestPasid { get; internal set; }

    /// <summary>The tables of the bound process, or null if no device is bound.</summary>
    public GuestPageTable? Table { get; private set; }

    /// <summary>The allocation of the PASID. It is set once, before the binding is visible to other code.</summary>
    internal IoAsidHandle<GuestSvaBinding> Handle { get; set; }

    /// <summary>The units that may have cached the PASID, with the domain id that tags its cached translations.</summary>
    internal IEnumerable<(VtdDriver Unit, DomainId DomainId)> Units => Attachments.Units.Select(unit => (unit, Container.Domain.DomainIds[unit]));

    /// <summary>Returns true if work for the PASID may be submitted to a device. Its page requests are then forwarded to the guest.</summary>
    internal bool IsOpenOn(GuestDevice device) => _bonds.TryGetValue(device, out GuestSvaBond? bond) && bond.IsOpen;

    /// <summary>Binds a device. The caller holds the id.</summary>
    /// <exception cref="IommuException">The device cannot be bound. Nothing changed.</exception>
    internal async ValueTask<GuestSvaBond> BindAsync(GuestDevice device, GuestPageTable table)
    {
        using DriverOperation? operation = DriverOperation.Start("bind", device.Device, Pasid, Container.Name);
        using (await _changes.EnterAsync())
        {
            RequireRoomFor(device, table);
            GuestSvaBond bond = new(this, device, new DomainUse(device.Device, Pasid, IsNested: true));
            DomainId domainId = Container.Domain.AddUse(bond.Use);
            _bonds.Add(device, bond);
            try
            {
                await Attachments.AttachAsync(device.Device, Handle, EntryFor(device.Device.Unit.Capabilities, domainId, table));
                Table = table;
                operation?.Complete();
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

    /// <summary>Returns the bond of a device, or null if the device is not bound.</summary>
    internal GuestSvaBond? Find(GuestDevice device) => _bonds.GetValueOrDefault(device);

    /// <summary>Unbinds a device: refuses new work, stops pending work, revokes the PASID and drains it, in this order.</summary>
    internal async ValueTask UnbindAsync(GuestSvaBond bond)
    {
        using (await _changes.EnterAsync())
        {
            if (_bonds.GetValueOrDefault(bond.Device) == bond)
                await TearDownAsync(bond);
        }
    }

    /// <summary>Unbinds all devices after the PASID was freed. A bind in progress completes first.</summary>
    internal async Task TearDownAsync()
    {
        using (await _changes.EnterAsync())
        {
            foreach (GuestSvaBond bond in _bonds.Values.ToList())
                await TearDownAsync(bond);
        }
    }

    /// <summary>Forwards a group to the guest. Completes when the group has its response. The caller holds the PASID until then.</summary>
    internal async ValueTask ForwardAsync([Answers] PageRequestGroup group)
    {
        if (Container.Assigned.Find(group.Device) is not { } device || !IsOpenOn(device))
        {
            group.Respond(PageResponse.InvalidRequest);
            return;
        }

        device.PageRequests.Forward(group, this);
        await group.WaitForResponseAsync();
    }

    private async ValueTask TearDownAsync(GuestSvaBond bond)
    {
        using DriverOperation? operation = DriverOperation.Start("unbind", bond.Device.Device, Pasid, Container.Name);
        bond.Close();
        bond.Device.Device.PageRequests.Refuse(Pasid);
        await bond.Device.StopAsync(Pasid);
        await Attachments.DetachAsync(bond.Device.Device);
        Remove(bond);
        operation?.Complete();
    }

    private void Remove(GuestSvaBond bond)
    {
        if (!Attachments.IsExposedTo(bond.Device.Device))
            Container.Domain.RemoveUse(bond.Use);
        _bonds.Remove(bond.Device);
        if (_bonds.Count == 0)
            Table = null;
    }

    private void RequireRoomFor(GuestDevice device, GuestPageTable table)
    {
        if (device.IsUnassigned)
            throw GuestPasids.NoSuchPasid(GuestPasid);
        if (_bonds.ContainsKey(device))
            throw new IommuException(IommuError.Busy, $"{device} is already bound to the guest's PASID {GuestPasid}. Unbind it first.");
        // Caches tag translations by domain and PASID, so translations of two tables would be mixed.
        if (Table is { } bound && bound != table)
            throw new IommuException(IommuError.Busy, $"The guest's PASID {GuestPasid} is bound to the table at {bound}. Bind all devices to this table.");
    }

    private PasidEntry EntryFor(in VtdCapabilities capabilities, DomainId domainId, GuestPageTable table) =>
        Container.Domain.EntryFor(capabilities, domainId) with
        {
            GrantType = PasidGrantType.Nested,
            FirstStageTable = table.Root,
            FirstStagePagingMode = table.Levels == 5 ? FirstStagePagingMode.FiveLevel : FirstStagePagingMode.FourLevel,
        };
}
