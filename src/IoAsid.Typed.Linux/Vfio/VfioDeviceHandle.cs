namespace IoAsid.Typed.Linux;

/// <summary>
/// The handle of a VFIO device. Its object in the iommufd exists as long as the device's file is open, so the file is what is closed.
/// </summary>
internal sealed class VfioDeviceHandle(FileHandle iommufd, FileHandle device) : ObjectHandle(iommufd)
{
    /// <summary>The device's file.</summary>
    public FileHandle Device { get; } = device;

    private protected override bool Destroy()
    {
        Device.Dispose();
        return true;
    }
}
