namespace IoAsid.Typed.Linux;

/// <summary>The features of a device and its IOMMU (<c>enum iommufd_hw_capabilities</c>).</summary>
[Flags]
public enum IommuCapabilities
{
    /// <summary>Nothing of the list.</summary>
    None = 0,

    /// <summary>The IOMMU records writes of devices.</summary>
    WriteTracking = 1,

    /// <summary>The device can ask for execute permission.</summary>
    ExecutePermission = 2,

    /// <summary>The device can send requests in privileged mode.</summary>
    PrivilegedMode = 4,

    /// <summary>The device cannot use address translation services.</summary>
    NoTranslationServices = 8,
}
