namespace IoAsid.Typed.Linux;

/// <summary>A kind of IOMMU (<c>enum iommu_hw_info_type</c>).</summary>
public enum IommuKind
{
    /// <summary>The driver reports no kind.</summary>
    Unknown = 0,

    /// <summary>Intel VT-d.</summary>
    IntelVtd = 1,

    /// <summary>Arm SMMUv3.</summary>
    ArmSmmuV3 = 2,

    /// <summary>NVIDIA Tegra241 command queue virtualization, an extension of Arm SMMUv3.</summary>
    Tegra241 = 3,

    /// <summary>AMD IOMMU.</summary>
    Amd = 4,
}
