namespace IoAsid.Typed.Iommu;

/// <summary>Why an operation of the IOMMU layer was refused. The names in brackets are Linux's.</summary>
public enum IommuError
{
    /// <summary>The unit or the function lacks what is needed, or it is not enabled (ENODEV, EOPNOTSUPP).</summary>
    NotSupported,

    /// <summary>There is no memory left for tables or pages (ENOMEM).</summary>
    NoMemory,

    /// <summary>No PASID is left in the range, the set or the quota (ENOSPC).</summary>
    NoPasid,

    /// <summary>The PASID is wider than the function can send (EOVERFLOW).</summary>
    PasidTooWide,

    /// <summary>Something else is attached there, or it is in use (EBUSY).</summary>
    Busy,

    /// <summary>Nothing is attached there, or there is no such id (ENOENT).</summary>
    NotFound,

    /// <summary>The mode of the device or the domain forbids it (EPERM).</summary>
    NotPermitted,

    /// <summary>The function was pulled out, isolated after it failed, or is being reset (ENODEV).</summary>
    DeviceGone,

    /// <summary>The process or the guest has ended (ESRCH).</summary>
    Exited,
}
