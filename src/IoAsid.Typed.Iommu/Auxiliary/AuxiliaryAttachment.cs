using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu;

/// <summary>One caller's attachment of an auxiliary domain to a device. Disposing it detaches the domain. A second disposal waits for the first.</summary>
/// <remarks>The device's driver stops the device from using the PASID before the disposal.</remarks>
public sealed class AuxiliaryAttachment : IAsyncDisposable
{
    private readonly SingleRun _end = new();

    internal AuxiliaryAttachment(AuxiliaryDomain domain, IommuDevice device)
    {
        Domain = domain;
        Device = device;
        Pasid = domain.Pasid!.Value;
        device.Dependents.Add(this);
    }

    /// <summary>The domain.</summary>
    public AuxiliaryDomain Domain { get; }

    /// <summary>The device.</summary>
    public IommuDevice Device { get; }

    /// <summary>The PASID that the driver programs into the device.</summary>
    public Pasid Pasid { get; }

    /// <summary>Detaches the domain. The last user of the device revokes and drains the PASID on that device. The last device releases the PASID.</summary>
    /// <exception cref="IommuException">The unit does not work. The PASID is not used again.</exception>
    public ValueTask DisposeAsync() => _end.RunAsync(DetachAsync);

    private ValueTask DetachAsync()
    {
        Device.Dependents.Remove(this);
        return Domain.DetachAsync(Device);
    }
}
