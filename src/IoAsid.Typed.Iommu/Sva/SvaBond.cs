using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// The right of a device to use a process's address space, held by one caller. Disposing it unbinds the process. A second disposal waits for the first.
/// </summary>
/// <remarks>
/// The device's driver stops the device from using the PASID before the disposal. Earlier requests are drained, and later requests are refused.
/// </remarks>
public sealed class SvaBond : IAsyncDisposable
{
    private readonly SharedVirtualAddressing _sva;
    private readonly SingleRun _end = new();

    internal SvaBond(SharedVirtualAddressing sva, NativeSvaBinding binding, IommuDevice device)
    {
        _sva = sva;
        Binding = binding;
        Device = device;
        Pasid = binding.Pasid;
        device.Dependents.Add(this);
    }

    /// <summary>The device.</summary>
    public IommuDevice Device { get; }

    /// <summary>The PASID that the driver programs into the device.</summary>
    public Pasid Pasid { get; }

    /// <summary>The process's address space.</summary>
    public ProcessAddressSpace AddressSpace => Binding.AddressSpace;

    internal NativeSvaBinding Binding { get; }

    /// <summary>Unbinds the process. The last user of the device revokes and drains the PASID on that device. The last device releases the PASID.</summary>
    /// <exception cref="IommuException">The unit does not work. The PASID is not used again.</exception>
    public ValueTask DisposeAsync() => _end.RunAsync(UnbindAsync);

    /// <inheritdoc/>
    public override string ToString() => $"bond of {Device} and {AddressSpace} (PASID {Pasid})";

    private ValueTask UnbindAsync()
    {
        Device.Dependents.Remove(this);
        return _sva.UnbindAsync(Binding, Device);
    }
}
