namespace IoAsid.Typed;

/// <summary>
/// The order in which observers are notified: submission stops before translation is torn down. The order of the Linux extension's notifier chain
/// (<c>Documentation/driver-api/ioasid.rst</c>).
/// </summary>
public enum IoAsidObserverPriority
{
    /// <summary>Code that translates or submits on behalf of a CPU, such as a hypervisor with its PASID translation table.</summary>
    Cpu,

    /// <summary>Device drivers and device models.</summary>
    Device,

    /// <summary>The IOMMU driver.</summary>
    Iommu,

    /// <summary>Other observers: logs, statistics, tests.</summary>
    Last,
}
