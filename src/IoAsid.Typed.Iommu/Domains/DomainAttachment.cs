using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>The attachment of a domain for a device's requests without PASID. Disposing it detaches the domain. A second disposal waits for the first.</summary>
/// <remarks>The device's driver stops the device before the disposal. Earlier requests are drained, and later requests are refused.</remarks>
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

    /// <summary>Detaches the domain. On completion no request of the device reaches memory.</summary>
    /// <exception cref="IommuException">The unit does not work.</exception>
    public ValueTask DisposeAsync() => _end.RunAsync(DetachAsync);

    internal static async ValueTask<DomainAttachment> BeginAsync(DmaDomain domain, IommuDevice device)
    {
        using DriverOperation? operation = DriverOperation.Start("attach", device, IommuDevice.RequestsWithoutPasid, domain.Name);
        DomainUse use = new(device, IommuDevice.RequestsWithoutPasid, IsNested: false);
        PasidEntry entry = domain.Attach(use);

        // From here on hardware may have cached the entry. If the invalidation fails, the use keeps its domain id.
        await device.InvalidateNotPresentAsync(use.Pasid, entry);
        operation?.Complete();
        return new DomainAttachment(domain, use);
    }

    private async ValueTask DetachAsync()
    {
        using DriverOperation? operation = DriverOperation.Start("detach", Device, _use.Pasid, Domain.Name);
        Device.Dependents.Remove(this);
        await Device.RevokeAsync(_use.Pasid, suppressFaults: false);
        Device.Detach(_use.Pasid);
        Domain.RemoveUse(_use);
        operation?.Complete();
    }
}
