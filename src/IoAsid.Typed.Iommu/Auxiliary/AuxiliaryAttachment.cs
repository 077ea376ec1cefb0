using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu;

/// <summary>A device's use of an auxiliary domain, as one caller holds it. Disposing it detaches; a second disposal waits for the first.</summary>
/// <remarks>Before it is disposed the driver has stopped the device from using the PASID.</remarks>
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

    /// <summary>The number that the driver tells the device.</summary>
    public Pasid Pasid { get; }

    /// <summary>Detaches: with the last user of the device its translations go and everything under way is drained; with the last device the PASID is released.</summary>
    /// <exception cref="IommuException">The unit does not work any more. The PASID is not used again.</exception>
    public ValueTask DisposeAsync() => _end.RunAsync(DetachAsync);

    private ValueTask DetachAsync()
    {
        Device.Dependents.Remove(this);
        return Domain.DetachAsync(Device);
    }
}
