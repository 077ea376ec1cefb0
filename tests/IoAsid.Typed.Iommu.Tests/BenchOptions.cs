using IoAsid.Typed.Emulation;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>What the machine of a test is made of.</summary>
internal sealed record BenchOptions
{
    /// <summary>Four devices that together ask for more than the ring has room for, 127 requests, while nobody reads it.</summary>
    public static BenchOptions Overflowing { get; } = new()
    {
        Devices = 4,
        Engine = new DmaEngineOptions { PagesPerGroup = 16, PageRequestCapacity = 64 },
        Iommu = new IommuOptions { PageRequestRingOrder = 0 },
    };

    public int Units { get; init; } = 1;

    public int Devices { get; init; } = 1;

    public bool CachingMode { get; init; }

    /// <summary>Whether a new root table leaves the caches as they are (CAP.ESRTPS clear).</summary>
    public bool RemembersPastRoots { get; init; }

    /// <summary>How many PASIDs the hypervisor has to give, if the machine is virtual itself; only with caching mode.</summary>
    public uint? VirtualCommandPasids { get; init; }

    /// <summary>Bits of the capability register in which the units differ from the ordinary.</summary>
    public ulong CapabilityToggles { get; init; }

    /// <summary>Bits of the extended capability register in which the units differ from the ordinary.</summary>
    public ulong ExtendedCapabilityToggles { get; init; }

    public DmaEngineOptions? Engine { get; init; }

    public IommuOptions? Iommu { get; init; }
}
