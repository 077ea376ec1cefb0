using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Linux;

/// <summary>An attachment for the requests of a device without PASID.</summary>
public sealed class DeviceAttachment : Attachment
{
    internal DeviceAttachment(IommufdDevice device, IommufdObject target, Hwpt? hwpt)
        : base(device, target, hwpt)
    {
    }

    internal override Pasid KernelPasid => IommufdPasidConversion.None;

    /// <summary>Returns the device and the page table.</summary>
    public override string ToString() => $"{Device} attached to {Target}{(IsAttached ? "" : ", ended")}";
}
