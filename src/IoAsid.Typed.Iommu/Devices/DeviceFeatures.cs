namespace IoAsid.Typed.Iommu;

/// <summary>
/// A caller's hold on PASID, ATS and PRI of a device. The disposal of the last hold ends the bonds and attachments of the device's PASIDs, and disables the
/// features in the order PRI, ATS, PASID.
/// </summary>
internal sealed class DeviceFeatures : IAsyncDisposable
{
    private readonly SingleRun _end = new();

    public DeviceFeatures(IommuDevice device) => Device = device;

    /// <summary>The device.</summary>
    public IommuDevice Device { get; }

    /// <summary>Releases the hold. A second disposal waits for the first.</summary>
    /// <exception cref="IommuException">The unit does not work.</exception>
    public ValueTask DisposeAsync() => _end.RunAsync(Device.ReleaseFeaturesAsync);
}
