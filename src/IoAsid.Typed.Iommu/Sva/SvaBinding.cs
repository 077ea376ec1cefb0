using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// The data of a PASID of shared virtual addressing: a process of this system (<see cref="NativeSvaBinding"/>) or of a guest (<see cref="GuestSvaBinding"/>).
/// No other kinds exist.
/// </summary>
public abstract class SvaBinding
{
    private protected SvaBinding()
    {
    }

    /// <summary>The devices that are bound.</summary>
    public IReadOnlyCollection<IommuDevice> Devices => Attachments.Devices;

    internal PasidAttachments Attachments { get; } = new();

    /// <summary>Returns true if a device may use the PASID. A lookup of the PASID alone does not check the device.</summary>
    /// <param name="requester">The requester id of the device.</param>
    /// <returns>true while the device is bound; otherwise, false.</returns>
    public bool HasBond(RequesterId requester) => Attachments.IsUsableBy(requester);
}
