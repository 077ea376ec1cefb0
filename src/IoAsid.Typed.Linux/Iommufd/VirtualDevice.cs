namespace IoAsid.Typed.Linux;

/// <summary>A device as a guest's virtual IOMMU knows it.</summary>
public sealed class VirtualDevice : IommufdObject
{
    internal VirtualDevice(Iommufd owner, ObjectHandle handle, IommufdDevice device, [GuestControlled] ulong virtualId)
        : base(owner, handle, "vDEVICE")
    {
        Device = device;
        VirtualId = virtualId;
    }

    /// <summary>The device.</summary>
    public IommufdDevice Device { get; }

    /// <summary>The guest's number of the device.</summary>
    [GuestControlled]
    public ulong VirtualId { get; }
}
