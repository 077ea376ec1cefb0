namespace IoAsid.Typed.Iommu;

/// <summary>The reason why an operation of the IOMMU layer was refused. The names in brackets are errors of Linux.</summary>
public enum IommuError
{
    /// <summary>The unit or the function lacks a required capability, or the capability is not enabled (ENODEV, EOPNOTSUPP).</summary>
    NotSupported,

    /// <summary>No memory is left for tables or pages (ENOMEM).</summary>
    NoMemory,

    /// <summary>No PASID is left in the range, the set or the quota (ENOSPC).</summary>
    NoPasid,

    /// <summary>The PASID is wider than the function can send (EOVERFLOW).</summary>
    PasidTooWide,

    /// <summary>The resource is in use, or another object is attached (EBUSY).</summary>
    Busy,

    /// <summary>The id does not exist, or nothing is attached (ENOENT).</summary>
    NotFound,

    /// <summary>The mode of the device or of the domain forbids the operation (EPERM).</summary>
    NotPermitted,

    /// <summary>The function was removed, was isolated after a failure, or is being reset (ENODEV).</summary>
    DeviceGone,

    /// <summary>The process or the guest has ended (ESRCH).</summary>
    Exited,
}
