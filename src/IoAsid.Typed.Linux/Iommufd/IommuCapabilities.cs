namespace IoAsid.Typed.Linux;

/// <summary>The features of a device and its IOMMU (<c>enum iommufd_hw_capabilities</c>).</summary>
[Flags]
public enum IommuCapabilities
{
    /// <summary>No feature.</summary>
    None = 0,

    /// <summary>The IOMMU tracks the pages that devices write (dirty tracking).</summary>
    DirtyTracking = 1,

    /// <summary>The device can request execute permission.</summary>
    ExecutePermission = 2,

    /// <summary>The device can send requests in privileged mode.</summary>
    PrivilegedMode = 4,

    /// <summary>The device cannot use address translation services.</summary>
    NoTranslationServices = 8,
}
