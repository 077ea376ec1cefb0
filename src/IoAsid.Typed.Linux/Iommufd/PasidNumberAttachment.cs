using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Linux;

/// <summary>An attachment of a PASID that belongs to no id of a set. Page requests with the PASID are never found.</summary>
internal sealed class PasidNumberAttachment(IommufdDevice device, Hwpt hwpt, Pasid pasid) : Attachment(device, hwpt, hwpt)
{
    internal override Pasid KernelPasid => pasid;

    public override string ToString() => $"PASID {pasid} of {Device} attached to {Target}{(IsAttached ? "" : ", ended")}";
}
