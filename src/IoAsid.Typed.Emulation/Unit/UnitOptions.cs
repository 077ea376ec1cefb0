using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>What a unit is able to do and how big it is, fixed when it is made.</summary>
public sealed record UnitOptions
{
    /// <summary>CAP, ECAP, the host address width and the revision: what software discovers.</summary>
    public required VtdCapabilities Capabilities { get; init; }

    /// <summary>Whether anything is cached. Without caches every request walks the tables as they are.</summary>
    public bool Caching { get; init; } = true;

    /// <summary>How many translations the IOTLB holds: a power of two from 4 to 2^20.</summary>
    public int IotlbCapacity { get; init; } = 8192;

    /// <summary>How many entries each of the context cache and the PASID cache holds: a power of two from 4 to 2^20.</summary>
    public int ContextCapacity { get; init; } = 1024;

    /// <summary>
    /// The number of entries of each paging-structure cache: of the PDE, PDPE, PML4 and PML5 caches of each stage. A power of two from 4 to 2^20, or 0 for a unit
    /// that has none of these caches.
    /// </summary>
    public int StructureCapacity { get; init; } = 64;

    /// <summary>Whether a right that a cached translation lacks faults at once. Otherwise the tables are walked again first: real units do either.</summary>
    public bool FaultsOnCachedRights { get; init; }

    /// <summary>Whether a fault is left out while another record of the same requester is pending: real units do either (architecture 7.2.1).</summary>
    public bool CollapsesFaults { get; init; } = true;

    /// <summary>How long a device TLB has to complete an invalidation, in the machine's time.</summary>
    public TimeSpan InvalidationTimeout { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How many PASIDs the virtual command interface has to give: 1 up to this one.</summary>
    public uint VirtualCommandPasids { get; init; } = (1u << 20) - 1;
}
