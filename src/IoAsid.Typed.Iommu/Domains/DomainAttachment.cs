using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>A domain that a device's requests without PASID go through. Disposing it detaches; a second disposal waits for the first.</summary>
/// <remarks>Before it is disposed the driver has stopped the device. What it sent before is drained; what it sends afterwards is refused.</remarks>
public sealed class DomainAttachment : IAsyncDisposable
{
    private readonly DomainUse _use;
    private readonly SingleRun _end = new();

    private DomainAttachment(DmaDomain domain, DomainUse use)
    {
        Domain = domain;
        _use = use;
        use.Device.Dependents.Add(this);
    }

    /// <summary>The domain.</summary>
    public DmaDomain Domain { get; }

    /// <summary>The device.</summary>
    public IommuDevice Device => _use.Device;

    /// <summary>Detaches: no request of the device reaches memory when this returns.</summary>
    /// <exception cref="IommuException">The unit does not work any more.</exception>
    public ValueTask DisposeAsync() => _end.RunAsync(DetachAsync);

    internal static async ValueTask<DomainAttachment> BeginAsync(DmaDomain domain, IommuDevice device)
    {
        DomainUse use = new(device, IommuDevice.RequestsWithoutPasid, IsNested: false);
        DomainId id = domain.Begin(use);
        PasidEntry entry = domain.EntryFor(device.Unit.Capabilities, id);
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
        await device.InvalidateNotPresentAsync(use.Pasid, entry);
        return new DomainAttachment(domain, use);
    }

    private async ValueTask DetachAsync()
    {
        Device.Dependents.Remove(this);
        await Device.RevokeAsync(_use.Pasid, suppressFaults: false);
        Device.Detach(_use.Pasid);
        Domain.End(_use);
    }
}
