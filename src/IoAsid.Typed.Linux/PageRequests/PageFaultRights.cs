namespace IoAsid.Typed.Linux;

/// <summary>The accesses to a page that a device requests (<c>enum iommu_hwpt_pgfault_perm</c>).</summary>
[Flags]
public enum PageFaultRights
{
    /// <summary>Nothing: the last request of a stop marker.</summary>
    None = 0,

    /// <summary>The device wants to read.</summary>
    Read = 1,

    /// <summary>The device wants to write.</summary>
    Write = 2,

    /// <summary>The device wants to execute.</summary>
    Execute = 4,

    /// <summary>The request is made in privileged mode.</summary>
    Privileged = 8,
}
