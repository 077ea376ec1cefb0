namespace IoAsid.Typed.Iommu;

/// <summary>A device's right to use the PASID of a guest's process, and the use of the guest's second stage that comes with it.</summary>
internal sealed class GuestBond(GuestDevice device, DomainUse use)
{
    public GuestDevice Device { get; } = device;

    public DomainUse Use { get; } = use;

    /// <summary>Whether the guest may submit work and is asked for pages. Closed before anything is torn down.</summary>
    public bool IsOpen { get; private set; } = true;

    public void Close() => IsOpen = false;
}
