using System.Runtime.InteropServices;

namespace IoAsid.Typed.Linux.Uapi;

/// <summary>An ioctl: its number and its name in the kernel's header.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct KernelRequest(uint Number, string Name)
{
    public static readonly KernelRequest Destroy = new(0x3B80, "IOMMU_DESTROY");
    public static readonly KernelRequest IoasAlloc = new(0x3B81, "IOMMU_IOAS_ALLOC");
    public static readonly KernelRequest IoasAllowIovas = new(0x3B82, "IOMMU_IOAS_ALLOW_IOVAS");
    public static readonly KernelRequest IoasCopy = new(0x3B83, "IOMMU_IOAS_COPY");
    public static readonly KernelRequest IoasIovaRanges = new(0x3B84, "IOMMU_IOAS_IOVA_RANGES");
    public static readonly KernelRequest IoasMap = new(0x3B85, "IOMMU_IOAS_MAP");
    public static readonly KernelRequest IoasUnmap = new(0x3B86, "IOMMU_IOAS_UNMAP");
    public static readonly KernelRequest Option = new(0x3B87, "IOMMU_OPTION");
    public static readonly KernelRequest HwptAlloc = new(0x3B89, "IOMMU_HWPT_ALLOC");
    public static readonly KernelRequest GetHwInfo = new(0x3B8A, "IOMMU_GET_HW_INFO");
    public static readonly KernelRequest HwptSetDirtyTracking = new(0x3B8B, "IOMMU_HWPT_SET_DIRTY_TRACKING");
    public static readonly KernelRequest HwptGetDirtyBitmap = new(0x3B8C, "IOMMU_HWPT_GET_DIRTY_BITMAP");
    public static readonly KernelRequest HwptInvalidate = new(0x3B8D, "IOMMU_HWPT_INVALIDATE");
    public static readonly KernelRequest FaultQueueAlloc = new(0x3B8E, "IOMMU_FAULT_QUEUE_ALLOC");
    public static readonly KernelRequest IoasMapFile = new(0x3B8F, "IOMMU_IOAS_MAP_FILE");
    public static readonly KernelRequest ViommuAlloc = new(0x3B90, "IOMMU_VIOMMU_ALLOC");
    public static readonly KernelRequest VdeviceAlloc = new(0x3B91, "IOMMU_VDEVICE_ALLOC");
    public static readonly KernelRequest IoasChangeProcess = new(0x3B92, "IOMMU_IOAS_CHANGE_PROCESS");
    public static readonly KernelRequest VeventqAlloc = new(0x3B93, "IOMMU_VEVENTQ_ALLOC");
    public static readonly KernelRequest HwQueueAlloc = new(0x3B94, "IOMMU_HW_QUEUE_ALLOC");

    public static readonly KernelRequest DeviceGetInfo = new(0x3B6B, "VFIO_DEVICE_GET_INFO");
    public static readonly KernelRequest DeviceGetRegionInfo = new(0x3B6C, "VFIO_DEVICE_GET_REGION_INFO");
    public static readonly KernelRequest DeviceGetIrqInfo = new(0x3B6D, "VFIO_DEVICE_GET_IRQ_INFO");
    public static readonly KernelRequest DeviceSetIrqs = new(0x3B6E, "VFIO_DEVICE_SET_IRQS");
    public static readonly KernelRequest DeviceReset = new(0x3B6F, "VFIO_DEVICE_RESET");
    public static readonly KernelRequest DeviceFeature = new(0x3B75, "VFIO_DEVICE_FEATURE");
    public static readonly KernelRequest DeviceBindIommufd = new(0x3B76, "VFIO_DEVICE_BIND_IOMMUFD");
    public static readonly KernelRequest DeviceAttachIommufdPt = new(0x3B77, "VFIO_DEVICE_ATTACH_IOMMUFD_PT");
    public static readonly KernelRequest DeviceDetachIommufdPt = new(0x3B78, "VFIO_DEVICE_DETACH_IOMMUFD_PT");

    /// <summary>All of them, for the comparison with the header.</summary>
    public static IReadOnlyList<KernelRequest> All { get; } =
    [
        Destroy, IoasAlloc, IoasAllowIovas, IoasCopy, IoasIovaRanges, IoasMap, IoasUnmap, Option, HwptAlloc, GetHwInfo, HwptSetDirtyTracking,
        HwptGetDirtyBitmap, HwptInvalidate, FaultQueueAlloc, IoasMapFile, ViommuAlloc, VdeviceAlloc, IoasChangeProcess, VeventqAlloc, HwQueueAlloc,
        DeviceGetInfo, DeviceGetRegionInfo, DeviceGetIrqInfo, DeviceSetIrqs, DeviceReset, DeviceFeature, DeviceBindIommufd, DeviceAttachIommufdPt,
        DeviceDetachIommufdPt,
    ];
}
