using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// What a PASID of shared virtual addressing stands for: a process of this system (<see cref="NativeSvaBinding"/>) or of a guest
/// (<see cref="GuestSvaBinding"/>). No other kinds exist.
/// </summary>
public abstract class SvaBinding
{
    private protected SvaBinding()
    {
    }

    /// <summary>The devices that are bound to it.</summary>
    public IReadOnlyCollection<IommuDevice> Devices => Attachments.Devices;

    internal PasidAttachments Attachments { get; } = new();

    /// <summary>Whether a device may use the PASID: a number alone says whose it is, not who may ask.</summary>
    /// <param name="requester">The device.</param>
    /// <returns>True while the device is bound.</returns>
    public bool HasBond(RequesterId requester) => Attachments.Allows(requester);
}
