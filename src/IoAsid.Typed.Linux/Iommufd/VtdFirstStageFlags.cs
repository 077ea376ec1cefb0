namespace IoAsid.Typed.Linux;

/// <summary>The options of a walk through a first-stage page table of VT-d (<c>enum iommu_hwpt_vtd_s1_flags</c>).</summary>
[Flags]
public enum VtdFirstStageFlags
{
    /// <summary>Nothing special.</summary>
    None = 0,

    /// <summary>Supervisor requests are allowed (SRE).</summary>
    SupervisorRequests = 1,

    /// <summary>The extended accessed flag is set (EAFE).</summary>
    ExtendedAccessedFlag = 2,

    /// <summary>Supervisor requests respect write protection (WPE).</summary>
    WriteProtection = 4,
}
