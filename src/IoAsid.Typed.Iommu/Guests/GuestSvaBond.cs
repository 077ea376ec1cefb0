namespace IoAsid.Typed.Iommu;

/// <summary>
/// The right of a device to use the PASID of a guest's process. Disposing it stops the guest's work, revokes the PASID and drains it. A second disposal waits
/// for the first.
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

    /// <summary>The use of the guest's second stage by the bond.</summary>
    internal DomainUse Use { get; }

    /// <summary>Gets a value indicating whether the guest may submit work and serves page requests. The tear-down clears it first.</summary>
    internal bool IsOpen { get; private set; } = true;

    /// <summary>Unbinds the process. If the PASID was freed or the device was unassigned before, the disposal waits until that tear-down is complete.</summary>
    /// <exception cref="IommuException">The unit does not work. The number is not used again.</exception>
    public ValueTask DisposeAsync() => _binding.UnbindAsync(this);

    /// <inheritdoc/>
    public override string ToString() => $"bond of {Device} and the guest's PASID {GuestPasid}";

    internal void Close() => IsOpen = false;
}
