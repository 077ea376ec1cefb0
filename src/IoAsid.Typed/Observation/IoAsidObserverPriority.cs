namespace IoAsid.Typed;

/// <summary>
/// Who is told first: submission stops before translation is torn down. The order of the Linux extension's notifier chain
/// (<c>Documentation/driver-api/ioasid.rst</c>).
/// </summary>
public enum IoAsidObserverPriority
{
    /// <summary>Who translates or submits on a CPU's behalf, such as a hypervisor with its PASID translation table.</summary>
    Cpu,

    /// <summary>Device drivers and device models.</summary>
    Device,

    /// <summary>The IOMMU driver.</summary>
    Iommu,

    /// <summary>Everyone else: logs, statistics, tests.</summary>
    Last,
}
