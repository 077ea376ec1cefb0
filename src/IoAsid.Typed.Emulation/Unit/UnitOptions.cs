using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>The capabilities and capacities of a VT-d unit. They are fixed when the unit is created.</summary>
public sealed record UnitOptions
{
    /// <summary>The capabilities that software discovers: CAP, ECAP, the host address width and the revision.</summary>
    public required VtdCapabilities Capabilities { get; init; }

    /// <summary>Gets a value indicating whether the unit caches entries and translations. Without caches each request walks the tables.</summary>
    public bool Caching { get; init; } = true;

    /// <summary>The capacity of the IOTLB, in translations: a power of two from 4 to 2^20.</summary>
    public int IotlbCapacity { get; init; } = 8192;

    /// <summary>The capacity of the context cache and of the PASID cache, in entries: a power of two from 4 to 2^20.</summary>
    public int ContextCapacity { get; init; } = 1024;

    /// <summary>
    /// The capacity of each paging-structure cache (PDE, PDPE, PML4 and PML5 of each stage), in entries: a power of two from 4 to 2^20, or 0 for a unit
    /// without these caches.
    /// </summary>
    public int StructureCapacity { get; init; } = 64;

    /// <summary>Gets a value indicating whether a request faults at once if a cached translation lacks the right. Otherwise the tables are walked again. The architecture allows both.</summary>
    public bool FaultsOnCachedRights { get; init; }

    /// <summary>Gets a value indicating whether a fault is not recorded while another record of the same requester is pending. The architecture allows both (VT-d 7.2.1).</summary>
    public bool CollapsesFaults { get; init; } = true;

    /// <summary>The timeout of a device-TLB invalidation, in virtual time.</summary>
    public TimeSpan InvalidationTimeout { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The largest PASID that the virtual command interface allocates. The smallest is 1.</summary>
    public uint VirtualCommandPasids { get; init; } = (1u << 20) - 1;
}
