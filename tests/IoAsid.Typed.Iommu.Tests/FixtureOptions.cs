using IoAsid.Typed.Emulation;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>The options of a fixture's machine.</summary>
internal sealed record FixtureOptions
{
    /// <summary>
    /// The options of a machine with four devices. Together they can send more page requests than the ring holds (127) while its interrupt is masked.
    /// </summary>
    public static FixtureOptions Overflowing { get; } = new()
    {
        Devices = 4,
        Engine = new DmaEngineOptions { PagesPerGroup = 16, PageRequestCapacity = 64 },
        Iommu = new IommuOptions { PageRequestRingOrder = 0 },
    };

    public int Units { get; init; } = 1;

    public int Devices { get; init; } = 1;

    public bool CachingMode { get; init; }

    /// <summary>Gets a value indicating whether the caches keep their entries after a new root table is set (CAP.ESRTPS clear).</summary>
    public bool RemembersPastRoots { get; init; }

    /// <summary>The number of PASIDs of the hypervisor, if the machine is virtual. It requires caching mode.</summary>
    public uint? VirtualCommandPasids { get; init; }

    /// <summary>The bits of the capability register that are inverted in the units.</summary>
    public ulong CapabilityToggles { get; init; }

    /// <summary>The bits of the extended capability register that are inverted in the units.</summary>
    public ulong ExtendedCapabilityToggles { get; init; }

    public DmaEngineOptions? Engine { get; init; }

    public IommuOptions? Iommu { get; init; }
}
