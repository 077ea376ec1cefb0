using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// The devices that one PASID means something on: one attachment for each device, its users counted, changed one after the other. The order of set-up and
/// tear-down is here, for all kinds of PASIDs.
/// </summary>
internal sealed class PasidAttachments
{
    private readonly AsyncLock _lock = new();
    private readonly Dictionary<IommuDevice, PasidAttachment> _attachments = [];

    // Those whose hardware may know the PASID: before an attachment is there, and after an attempt that failed in the middle.
    private readonly HashSet<IommuDevice> _reached = [];

    /// <summary>The devices, those that are being detached included.</summary>
    public IReadOnlyCollection<IommuDevice> Devices => _attachments.Keys;

    /// <summary>The units that may know the PASID, those of devices that are being attached included.</summary>
    public IEnumerable<VtdDriver> Units => _reached.Select(device => device.Unit).Distinct();

    /// <summary>Whether hardware may know the PASID somewhere: while that is so it is nobody else's.</summary>
    public bool IsReached => _reached.Count > 0;

    /// <summary>Whether the hardware of a device may know the PASID.</summary>
    public bool Reaches(IommuDevice device) => _reached.Contains(device);

    /// <summary>Whether a device may use the PASID.</summary>
    public bool Allows(IommuDevice device) => _attachments.TryGetValue(device, out PasidAttachment? attachment) && attachment.IsOpen;

    /// <inheritdoc cref="Allows(IommuDevice)"/>
    public bool Allows(RequesterId requester)
    {
        foreach (PasidAttachment attachment in _attachments.Values)
        {
            if (attachment.Device.RequesterId == requester)
                return attachment.IsOpen;
        }

        return false;
    }

    /// <summary>
    /// Attaches a device, or counts another user. Hardware is set up first and the attachment is seen last: nobody serves a request of an attempt that fails.
    /// </summary>
    /// <exception cref="IommuException">The device cannot; nothing changed.</exception>
    public async ValueTask AttachAsync<TData>(IommuDevice device, IoAsidHandle<TData> pasid, PasidEntry entry)
        where TData : class
    {
        using (await _lock.EnterAsync())
        {
            if (!_attachments.TryGetValue(device, out PasidAttachment? attachment))
            {
                await SetUpAsync(device, pasid.Id.ToPasid(), entry);
                attachment = new PasidAttachment(device, await BindAsync(device, pasid));
                _attachments.Add(device, attachment);
            }

            attachment.Users++;
        }
    }

    /// <summary>
    /// Takes a user away. With the last one the translation goes first, also if it was revoked before; then everything that is under way; only then may the PASID
    /// mean something else on the device.
    /// </summary>
    public async ValueTask DetachAsync(IommuDevice device)
    {
        using (await _lock.EnterAsync())
        {
            PasidAttachment attachment = _attachments[device];
            if (--attachment.Users > 0)
                return;
            await device.RevokeAsync(attachment.Binding.Id.ToPasid(), suppressFaults: false);
            await new PasidDrain(device).EndAsync(attachment.Binding);
            _attachments.Remove(device);
            _reached.Remove(device);
        }
    }

    /// <summary>No translation of the PASID is left anywhere when this returns. Devices stay attached: they have to be drained still.</summary>
    public async ValueTask RevokeAsync()
    {
        using (await _lock.EnterAsync())
        {
            foreach (PasidAttachment attachment in _attachments.Values.ToList())
                await attachment.Device.RevokeAsync(attachment.Binding.Id.ToPasid(), suppressFaults: true);
        }
    }

    /// <summary>Drops pages of the PASID from every unit that knows them, and then from the devices.</summary>
    /// <param name="pasid">The PASID.</param>
    /// <param name="pages">The pages.</param>
    /// <param name="append">Appends the invalidation of a unit's own caches.</param>
    public async ValueTask InvalidateAsync(Pasid pasid, DeviceTlbRange pages, Action<InvalidationBatch> append)
    {
        foreach (VtdDriver unit in Units.ToList())
        {
            InvalidationBatch batch = new();
            append(batch);
            foreach (IommuDevice device in _reached.Where(device => device.Unit == unit))
                device.AppendDeviceTlb(batch, pasid, pages);
            await unit.Invalidations.RunAsync(batch);
        }
    }

    // The device may use the PASID as soon as the entry is there: changes are told it from then on.
    private ValueTask SetUpAsync(IommuDevice device, Pasid pasid, PasidEntry entry)
    {
        device.Attach(pasid, entry);
        _reached.Add(device);
        return device.InvalidateNotPresentAsync(pasid, entry);
    }

    // The id may have been freed while hardware was set up. The caller has the number held, so nobody else has it yet.
    private async ValueTask<IoAsidBinding> BindAsync<TData>(IommuDevice device, IoAsidHandle<TData> pasid)
        where TData : class
    {
        try
        {
            return pasid.Bind(device);
        }
        catch (StaleIoAsidException)
        {
            await device.RevokeAsync(pasid.Id.ToPasid(), suppressFaults: false);
            await new PasidDrain(device).RunAsync(pasid.Id.ToPasid());
            device.Detach(pasid.Id.ToPasid());
            _reached.Remove(device);
            throw;
        }
    }
}
