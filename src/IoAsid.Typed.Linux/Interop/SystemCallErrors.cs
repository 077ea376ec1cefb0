using System.Collections.Frozen;

namespace IoAsid.Typed.Linux;

/// <summary>
/// The meaning of each error number of each call, with its remedy (Linux 7.3 <c>drivers/iommu/iommufd</c>, <c>drivers/vfio</c>).
/// <c>docs/linux.md</c> shows this table; a test compares the two.
/// </summary>
internal static class SystemCallErrors
{
    private const string Any = "any";

    private static readonly FrozenDictionary<(string Call, Errno Error), string> Explanations = All().ToFrozenDictionary(
        row => (row.Call, row.Error), row => row.Explanation);

    private static readonly FrozenDictionary<Errno, string> Names = new Dictionary<Errno, string>
    {
        [Errno.NotPermitted] = "EPERM", [Errno.NotFound] = "ENOENT", [Errno.Interrupted] = "EINTR", [Errno.InputOutput] = "EIO",
        [Errno.NoSuchDeviceOrAddress] = "ENXIO", [Errno.TooBig] = "E2BIG", [Errno.BadFile] = "EBADF", [Errno.TryAgain] = "EAGAIN",
        [Errno.NoMemory] = "ENOMEM", [Errno.AccessDenied] = "EACCES", [Errno.BadAddress] = "EFAULT", [Errno.Busy] = "EBUSY",
        [Errno.Exists] = "EEXIST", [Errno.NoDevice] = "ENODEV", [Errno.InvalidArgument] = "EINVAL", [Errno.TooManyOpenFiles] = "EMFILE",
        [Errno.NoSuchCall] = "ENOTTY", [Errno.NoSpace] = "ENOSPC", [Errno.InvalidSeek] = "ESPIPE", [Errno.Deadlock] = "EDEADLK",
        [Errno.Overflow] = "EOVERFLOW", [Errno.MessageSize] = "EMSGSIZE", [Errno.NotSupported] = "EOPNOTSUPP",
        [Errno.AddressInUse] = "EADDRINUSE", [Errno.TimedOut] = "ETIMEDOUT", [Errno.NeedsCleaning] = "EUCLEAN",
    }.ToFrozenDictionary();

    public static string NameOf(Errno error) => Names.TryGetValue(error, out string? name) ? name : "an unknown error";

    public static string Explain(string call, Errno error) =>
        Explanations.TryGetValue((call, error), out string? explanation) || Explanations.TryGetValue((Any, error), out explanation)
            ? explanation
            : "The kernel's documentation of the call does not list this error; look into the kernel's log (dmesg).";

    /// <summary>Returns the rows in the order of the documentation.</summary>
    public static IEnumerable<(string Call, Errno Error, string Explanation)> All() =>
    [
        ("open /dev/iommu", Errno.NotFound, "The kernel has no iommufd. Use Linux 6.2 or later with CONFIG_IOMMUFD, and load the module iommufd."),
        ("open /dev/iommu", Errno.AccessDenied, "The user may not open /dev/iommu. Run as root, or give the user's group access by a udev rule."),
        ("open /dev/iommu", Errno.NoDevice, "The module iommufd is not loaded: run modprobe iommufd."),
        ("open /dev/vfio/devices", Errno.NotFound, "The device has no VFIO file. Bind it to vfio-pci (VfioPci.Bind); the kernel needs CONFIG_VFIO_DEVICE_CDEV (Linux 6.6)."),
        ("open /dev/vfio/devices", Errno.AccessDenied, "The user may not open the device's file. Run as root, or give the user's group access by a udev rule."),
        ("open /dev/vfio/devices", Errno.NoDevice, "The device is being removed."),
        ("open /dev/vfio/devices", Errno.NotPermitted, "The device has no IOMMU. Enable the IOMMU in firmware and kernel; this library does not do DMA without one."),
        ("IOMMU_DESTROY", Errno.NotFound, "The object does not exist any longer."),
        ("IOMMU_DESTROY", Errno.Busy, "Another object uses this one. Dispose the other one first."),
        ("IOMMU_IOAS_IOVA_RANGES", Errno.MessageSize, "The IOAS has more ranges than the buffer can take."),
        ("IOMMU_IOAS_ALLOW_IOVAS", Errno.InvalidArgument, "The ranges overlap or are empty. Give ascending ranges without overlap."),
        ("IOMMU_IOAS_ALLOW_IOVAS", Errno.AddressInUse, "A device reserves addresses in one of the ranges. Look at IOAS ranges after the attach."),
        ("IOMMU_IOAS_MAP", Errno.Exists, "The address range overlaps a mapping. Unmap that first, or let the kernel choose the address."),
        ("IOMMU_IOAS_MAP", Errno.InvalidArgument, "The range is not aligned to the IOAS's alignment, or lies outside of its allowed ranges or inside a reserved one."),
        ("IOMMU_IOAS_MAP", Errno.NoSpace, "No free address range is long enough. Unmap something, or allow more addresses."),
        ("IOMMU_IOAS_MAP", Errno.NoMemory, "The limit on locked memory (RLIMIT_MEMLOCK) or memory is exhausted. Raise the limit (ulimit -l)."),
        ("IOMMU_IOAS_MAP", Errno.BadAddress, "The memory is not mapped in this process with the rights of the mapping."),
        ("IOMMU_IOAS_MAP", Errno.Overflow, "Address plus length exceed 64 bits."),
        ("IOMMU_IOAS_MAP", Errno.NotPermitted, "The memory may not be pinned by this user."),
        ("IOMMU_IOAS_MAP_FILE", Errno.Exists, "The address range overlaps a mapping. Unmap that first, or let the kernel choose the address."),
        ("IOMMU_IOAS_MAP_FILE", Errno.InvalidArgument, "The file is not a memfd, or offset, length or address are not aligned or not allowed."),
        ("IOMMU_IOAS_MAP_FILE", Errno.BadFile, "The file is not open, or not a memfd."),
        ("IOMMU_IOAS_MAP_FILE", Errno.NoSpace, "No free address range is long enough. Unmap something, or allow more addresses."),
        ("IOMMU_IOAS_MAP_FILE", Errno.NoMemory, "The limit on locked memory (RLIMIT_MEMLOCK) or memory is exhausted. Raise the limit (ulimit -l)."),
        ("IOMMU_IOAS_COPY", Errno.NotFound, "The source range is not mapped. It must be a whole range that was mapped, or a part of one."),
        ("IOMMU_IOAS_COPY", Errno.Exists, "The address range overlaps a mapping of the destination. Unmap that first."),
        ("IOMMU_IOAS_COPY", Errno.InvalidArgument, "The range is not aligned or not allowed in the destination."),
        ("IOMMU_IOAS_COPY", Errno.NoSpace, "No free address range of the destination is long enough."),
        ("IOMMU_IOAS_COPY", Errno.NotPermitted, "The copy has more rights than the source."),
        ("IOMMU_IOAS_UNMAP", Errno.NotFound, "Nothing is mapped there, or the range cuts a mapping. Unmap whole mappings."),
        ("IOMMU_IOAS_UNMAP", Errno.Busy, "The kernel still uses the range. Detach what uses it first."),
        ("IOMMU_IOAS_UNMAP", Errno.Deadlock, "An access to the range does not end."),
        ("IOMMU_OPTION", Errno.NotPermitted, "Changing the accounting of locked memory needs CAP_SYS_RESOURCE."),
        ("IOMMU_OPTION", Errno.Busy, "The accounting of locked memory changes only while the iommufd has no object."),
        ("IOMMU_OPTION", Errno.AddressInUse, "Huge pages cannot be switched off while memory is mapped and devices are attached."),
        ("IOMMU_HWPT_ALLOC", Errno.NotSupported, "The IOMMU does not support one of the options: nesting, dirty tracking, PASIDs, or a fault queue with a nest parent."),
        ("IOMMU_HWPT_ALLOC", Errno.InvalidArgument, "The parent does not fit: an HWPT is made over an IOAS, a nested one over a nest parent or vIOMMU of the same IOMMU, with data."),
        ("IOMMU_HWPT_ALLOC", Errno.NoDevice, "The device has no IOMMU driver."),
        ("IOMMU_HWPT_ALLOC", Errno.InputOutput, "The driver does not accept the data of the nested table."),
        ("IOMMU_GET_HW_INFO", Errno.NotSupported, "The driver of the IOMMU reports nothing."),
        ("IOMMU_HWPT_SET_DIRTY_TRACKING", Errno.NotSupported, "The IOMMU has no dirty tracking, or the HWPT was allocated without it."),
        ("IOMMU_HWPT_SET_DIRTY_TRACKING", Errno.InvalidArgument, "The HWPT was allocated without dirty tracking."),
        ("IOMMU_HWPT_GET_DIRTY_BITMAP", Errno.InvalidArgument, "Dirty tracking is off, or range and page size do not fit."),
        ("IOMMU_HWPT_GET_DIRTY_BITMAP", Errno.NotSupported, "The IOMMU has no dirty tracking."),
        ("IOMMU_HWPT_INVALIDATE", Errno.InvalidArgument, "An entry is not valid. Those before it were carried out; their number is reported."),
        ("IOMMU_HWPT_INVALIDATE", Errno.NotSupported, "An entry needs a feature that the IOMMU does not support. Those before it were carried out."),
        ("IOMMU_HWPT_INVALIDATE", Errno.NotFound, "An entry names a virtual device that does not exist."),
        ("IOMMU_VIOMMU_ALLOC", Errno.NotSupported, "The IOMMU driver has no virtual IOMMU of this type. On Linux 7.3, the drivers of Arm SMMUv3 and AMD have one."),
        ("IOMMU_VIOMMU_ALLOC", Errno.InvalidArgument, "The parent is not a nest parent of the same IOMMU."),
        ("IOMMU_VDEVICE_ALLOC", Errno.Exists, "The virtual id, or the device, has a virtual device on this virtual IOMMU already."),
        ("IOMMU_VDEVICE_ALLOC", Errno.InvalidArgument, "The device is not behind the IOMMU of the virtual IOMMU."),
        ("IOMMU_VDEVICE_ALLOC", Errno.NotFound, "The device is being removed from the iommufd."),
        ("IOMMU_VEVENTQ_ALLOC", Errno.Exists, "The virtual IOMMU has a queue of this type already."),
        ("IOMMU_VEVENTQ_ALLOC", Errno.NotSupported, "The IOMMU driver has no events of this type."),
        ("IOMMU_VEVENTQ_ALLOC", Errno.InvalidArgument, "The queue needs a depth of at least 1."),
        ("IOMMU_IOAS_CHANGE_PROCESS", Errno.InvalidArgument, "A mapping is not of a file. Only mappings of files move to another process."),
        ("IOMMU_HW_QUEUE_ALLOC", Errno.NotSupported, "The IOMMU driver has no hardware queue of this type."),
        ("IOMMU_HW_QUEUE_ALLOC", Errno.InvalidArgument, "Length or address of the queue do not fit."),
        ("VFIO_DEVICE_BIND_IOMMUFD", Errno.InvalidArgument, "This or another process uses the device already, or it needs the token of its physical function."),
        ("VFIO_DEVICE_BIND_IOMMUFD", Errno.Busy, "The device, or a device of its group, is used through the older interface of VFIO groups."),
        ("VFIO_DEVICE_BIND_IOMMUFD", Errno.NotPermitted, "The IOMMU group is not viable: another device of the group has a kernel driver. Bind each device of the group to vfio-pci."),
        ("VFIO_DEVICE_BIND_IOMMUFD", Errno.AccessDenied, "The token of the physical function is missing or wrong."),
        ("VFIO_DEVICE_BIND_IOMMUFD", Errno.NoDevice, "The device is being removed."),
        ("VFIO_DEVICE_ATTACH_IOMMUFD_PT", Errno.InvalidArgument, "The page table does not fit the device. With PASIDs, each HWPT of the device must be allocated for PASIDs; an IOAS cannot."),
        ("VFIO_DEVICE_ATTACH_IOMMUFD_PT", Errno.NotSupported, "The device or its IOMMU does not support PASIDs."),
        ("VFIO_DEVICE_ATTACH_IOMMUFD_PT", Errno.NoDevice, "The device cannot send page requests (no PRI), but the HWPT has a fault queue; or the device is being removed."),
        ("VFIO_DEVICE_ATTACH_IOMMUFD_PT", Errno.Busy, "The device, or another of its group, is attached to something else or is being reset."),
        ("VFIO_DEVICE_ATTACH_IOMMUFD_PT", Errno.AddressInUse, "A mapping of the IOAS covers addresses that the device reserves. Unmap them first."),
        ("VFIO_DEVICE_ATTACH_IOMMUFD_PT", Errno.NoSpace, "The PASID is attached already."),
        ("VFIO_DEVICE_RESET", Errno.InvalidArgument, "The device has no reset of its own."),
        ("VFIO_DEVICE_RESET", Errno.NoSuchCall, "The device has no reset of its own."),
        ("VFIO_DEVICE_SET_IRQS", Errno.InvalidArgument, "The device has fewer vectors, or the interrupt kind is not enabled."),
        ("VFIO_DEVICE_SET_IRQS", Errno.NoSpace, "The machine has no interrupt vectors left."),
        ("VFIO_DEVICE_SET_IRQS", Errno.Busy, "Another kind of interrupt of the device is enabled. Dispose that first."),
        ("VFIO_DEVICE_FEATURE", Errno.NoSuchCall, "The driver of the device does not have this feature."),
        ("VFIO_DEVICE_FEATURE", Errno.InvalidArgument, "The feature cannot be read or written so, or its data has the wrong length."),
        ("respond to a page request", Errno.InvalidArgument, "The kernel does not know the request, because other code than this queue has responded to it."),
        ("read page requests", Errno.InvalidArgument, "The buffer is smaller than one group of page requests."),
        (Any, Errno.NotPermitted, "The process may not do this. Run as root, or with CAP_SYS_RAWIO and access to the device files."),
        (Any, Errno.NotFound, "An object that the call names does not exist."),
        (Any, Errno.NoMemory, "The kernel has no memory left for this, or the limit of the control group is reached."),
        (Any, Errno.AccessDenied, "Access is denied. Check the rights of the file."),
        (Any, Errno.BadAddress, "A buffer is not mapped in this process."),
        (Any, Errno.NoDevice, "The device does not exist or is being removed."),
        (Any, Errno.Busy, "Something else uses the object. Dispose that first."),
        (Any, Errno.InvalidArgument, "An argument is not valid for this object."),
        (Any, Errno.TooBig, "The kernel is older than a field that was used. A newer kernel is needed."),
        (Any, Errno.NoSuchCall, "The kernel does not know this call. A newer kernel is needed; docs/linux.md says which."),
        (Any, Errno.NotSupported, "The kernel or the hardware does not support this."),
        (Any, Errno.TooManyOpenFiles, "The process has too many open files. Raise the limit (ulimit -n)."),
        (Any, Errno.InputOutput, "The device did not respond."),
        (Any, Errno.Overflow, "A value is too large."),
    ];
}
