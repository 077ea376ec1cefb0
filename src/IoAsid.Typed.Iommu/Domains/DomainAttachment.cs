using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>A domain that a device's requests without PASID go through. Disposing it detaches; a second time does nothing.</summary>
/// <remarks>Before it is disposed the driver has stopped the device. What it sent before is drained; what it sends afterwards is refused.</remarks>
public sealed class DomainAttachment : IAsyncDisposable
{
    private readonly DomainUse _use;
    private bool _isEnded;

    private DomainAttachment(DmaDomain domain, DomainUse use)
    {
        Domain = domain;
        _use = use;
    }

    /// <summary>The domain.</summary>
    public DmaDomain Domain { get; }

    /// <summary>The device.</summary>
    public IommuDevice Device => _use.Device;

    /// <summary>Detaches: no request of the device reaches memory when this returns.</summary>
    /// <exception cref="IommuException">The unit does not work any more.</exception>
    public async ValueTask DisposeAsync()
    {
        if (_isEnded)
            return;
        _isEnded = true;
        await Device.RevokeAsync(_use.Pasid, suppressFaults: false);
        Device.Detach(_use.Pasid);
        Domain.End(_use);
    }

    internal static async ValueTask<DomainAttachment> BeginAsync(DmaDomain domain, IommuDevice device)
    {
        DomainUse use = new(device, IommuDevice.RequestsWithoutPasid, IsNested: false);
        PasidEntry entry = domain.EntryFor(device.Unit.Capabilities, domain.Begin(use));
        try
        {
            device.Attach(use.Pasid, entry);
        }
        catch
        {
            domain.End(use);
            throw;
        }

        // From here on hardware may know it. If this fails the use, and with it the domain id, stays.
        await device.AnnounceAsync(use.Pasid, entry);
        return new DomainAttachment(domain, use);
    }
}
