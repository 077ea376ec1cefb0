using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// The devices that use one PASID. Each device has one attachment with the number of its users. Changes run one after the other. All kinds of PASIDs are set up
/// and torn down here, in the same order.
/// </summary>
internal sealed class PasidAttachments
{
    private readonly AsyncLock _lock = new();
    private readonly Dictionary<IommuDevice, PasidAttachment> _attachments = [];

    // The devices whose hardware may have cached the PASID: also before their attachment exists, and after a failed attempt.
    private readonly HashSet<IommuDevice> _exposed = [];

    /// <summary>The attached devices, including those that are being detached.</summary>
    public IReadOnlyCollection<IommuDevice> Devices => _attachments.Keys;

    /// <summary>The units that may have cached the PASID, including those of devices that are being attached.</summary>
    public IEnumerable<VtdDriver> Units => _exposed.Select(device => device.Unit).Distinct();

    /// <summary>Gets a value indicating whether any hardware may have cached the PASID. While it is true, the number must not be allocated again.</summary>
    public bool IsExposed => _exposed.Count > 0;

    /// <summary>Returns true if the hardware of a device may have cached the PASID.</summary>
    public bool IsExposedTo(IommuDevice device) => _exposed.Contains(device);

    /// <summary>Returns true if a device may use the PASID.</summary>
    public bool IsUsableBy(IommuDevice device) => _attachments.TryGetValue(device, out PasidAttachment? attachment) && attachment.IsOpen;

    /// <inheritdoc cref="IsUsableBy(IommuDevice)"/>
    public bool IsUsableBy(RequesterId requester)
    {
        foreach (PasidAttachment attachment in _attachments.Values)
        {
            if (attachment.Device.RequesterId == requester)
                return attachment.IsOpen;
        }

        return false;
    }

    /// <summary>
    /// Attaches a device, or counts another user. Hardware is set up before the attachment becomes visible, so no page request of a failed attempt is served.
    /// </summary>
    /// <exception cref="IommuException">The device cannot use the PASID. Nothing changed.</exception>
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
    /// Removes a user. The last removal revokes the PASID, if it was not revoked before, and then drains all requests in flight. Only then can the PASID be
    /// attached to the device again.
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
            _exposed.Remove(device);
        }
    }

    /// <summary>
    /// Revokes the PASID on all devices. On completion no cache has a translation of the PASID. The devices stay attached until they are drained.
    /// </summary>
    public async ValueTask RevokeAsync()
    {
        using (await _lock.EnterAsync())
        {
            foreach (PasidAttachment attachment in _attachments.Values.ToList())
                await attachment.Device.RevokeAsync(attachment.Binding.Id.ToPasid(), suppressFaults: true);
        }
    }

    /// <summary>Invalidates pages of the PASID in all units that may have cached them, and then in the device TLBs.</summary>
    /// <param name="pasid">The PASID.</param>
    /// <param name="pages">The pages.</param>
    /// <param name="append">Appends the invalidation of a unit's own caches.</param>
    public async ValueTask InvalidateAsync(Pasid pasid, DeviceTlbRange pages, Action<InvalidationBatch> append)
    {
        using DriverOperation? operation = DriverOperation.Start("invalidate", pasid: pasid);
        foreach (VtdDriver unit in Units.ToList())
        {
            InvalidationBatch batch = new();
            append(batch);
            foreach (IommuDevice device in _exposed.Where(device => device.Unit == unit))
                device.AppendDeviceTlbInvalidation(batch, pasid, pages);
            await unit.Invalidations.RunAsync(batch);
        }

        operation?.Complete();
    }

    // The device may use the PASID as soon as the entry is present, so changes are invalidated there from then on.
    private ValueTask SetUpAsync(IommuDevice device, Pasid pasid, PasidEntry entry)
    {
        device.Attach(pasid, entry);
        _exposed.Add(device);
        return device.InvalidateNotPresentAsync(pasid, entry);
    }

    // The id may have been freed during the set-up of hardware. The caller holds the number, so it was not allocated again.
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
            _exposed.Remove(device);
            throw;
        }
    }
}
