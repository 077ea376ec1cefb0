namespace IoAsid.Typed.Iommu;

/// <summary>
/// A device's right to use the PASID of a guest's process. Disposing it is the unbind: the guest's work is stopped, the translation goes, and everything under way is
/// drained. A second disposal waits for the first.
/// </summary>
public sealed class GuestSvaBond : IAsyncDisposable
{
    private readonly GuestSvaBinding _binding;

    internal GuestSvaBond(GuestSvaBinding binding, GuestDevice device, DomainUse use)
    {
        _binding = binding;
        Device = device;
        Use = use;
    }

    /// <summary>The device.</summary>
    public GuestDevice Device { get; }

    /// <summary>The PASID in the guest.</summary>
    public PrivateIoAsid GuestPasid => _binding.GuestPasid;

    /// <summary>The use of the guest's second stage that comes with the bond.</summary>
    internal DomainUse Use { get; }

    /// <summary>Gets a value indicating whether the guest may submit work and serves page requests. Cleared before anything is torn down.</summary>
    internal bool IsOpen { get; private set; } = true;

    /// <summary>Unbinds. If the PASID was freed or the device was unassigned before, it waits until that tear-down is complete.</summary>
    /// <exception cref="IommuException">The unit does not work. The number is not used again.</exception>
    public ValueTask DisposeAsync() => _binding.UnbindAsync(this);

    /// <inheritdoc/>
    public override string ToString() => $"bond of {Device} and the guest's PASID {GuestPasid}";

    internal void Close() => IsOpen = false;
}
