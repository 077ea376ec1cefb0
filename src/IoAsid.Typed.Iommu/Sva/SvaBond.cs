using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// A device's right to use a process's address space, as one caller holds it. Disposing it is the unbind; a second disposal waits for the first.
/// </summary>
/// <remarks>
/// Before it is disposed the driver has stopped the device from using the PASID: what the device sent before is drained, what it sends afterwards is refused.
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

    /// <summary>The number that the driver tells the device.</summary>
    public Pasid Pasid { get; }

    /// <summary>The process's address space.</summary>
    public ProcessAddressSpace AddressSpace => Binding.AddressSpace;

    internal NativeSvaBinding Binding { get; }

    /// <summary>Unbinds: with the last user of the device the translation goes and everything under way is drained; with the last device the PASID is released.</summary>
    /// <exception cref="IommuException">The unit does not work any more. The PASID is not used again.</exception>
    public ValueTask DisposeAsync() => _end.RunAsync(UnbindAsync);

    /// <inheritdoc/>
    public override string ToString() => $"bond of {Device} and {AddressSpace} (PASID {Pasid})";

    private ValueTask UnbindAsync()
    {
        Device.Dependents.Remove(this);
        return _sva.UnbindAsync(Binding, Device);
    }
}
