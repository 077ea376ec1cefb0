namespace IoAsid.Typed.Linux;

/// <summary>A queue in guest memory that the hardware reads without the kernel.</summary>
public sealed class HardwareQueue : IommufdObject
{
    internal HardwareQueue(Iommufd owner, ObjectHandle handle)
        : base(owner, handle, "hardware queue")
    {
    }
}
