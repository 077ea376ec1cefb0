namespace IoAsid.Typed.Vtd;

/// <content>The presets of capabilities. Each differs from <see cref="Everything"/> as its summary states.</content>
public readonly partial record struct VtdCapabilities
{
    /// <summary>
    /// A unit of revision 4.1 with both stages, nested translation, PASIDs of 20 bits, device TLBs, page requests with drain and virtual commands. It has 65536
    /// domains, host addresses of 46 bits, tables of 39, 48 and 57 bits, pages of 2 MiB and 1 GiB, and 4 fault records. It has no
    /// caching mode, no interrupt remapping and, as of revision 4, no execute requests.
    /// </summary>
    public static VtdCapabilities Everything { get; } = new(
        new CapabilityRegister
        {
            NumberOfDomains = 6,
            SupportedAddressWidths = 0b1110,
            MaximumGuestAddressWidth = 56,
            ZeroLengthRead = true,
            FaultRecordOffset = 0x22,
            SecondStageLargePages = 0b11,
            PageSelectiveInvalidation = true,
            NumberOfFaultRecords = 3,
            MaximumAddressMask = 18,
            OneGigabyteFirstStagePages = true,
            FiveLevelPaging = true,
            SetRootTableFlushes = true,
            DrainWrites = true,
            DrainReads = true,
        },
        new ExtendedCapabilityRegister
        {
            QueuedInvalidation = true,
            DeviceTlb = true,
            PassThrough = true,
            SnoopControl = true,
            IotlbOffset = 0x50,
            Nested = true,
            PageRequests = true,
            SupervisorRequests = true,
            NoWriteFlag = true,
            ExtendedAccessed = true,
            PasidSize = 19,
            Pasid = true,
            PageRequestDrain = true,
            ScalableMode = true,
            VirtualCommands = true,
            SecondStageAccessedDirty = true,
            SecondStage = true,
            FirstStage = true,
            ScalablePageWalkCoherency = true,
            RidPasid = true,
            AbortDma = true,
            RidPrivilege = true,
        },
        HostAddressWidth: 46,
        VtdRevision.Four1);

    /// <summary>A unit without scalable mode: second-stage translation and pass-through by requester, queued invalidation and device TLBs, and no PASIDs.</summary>
    public static VtdCapabilities LegacyOnly { get; } = Everything with
    {
        Capability = Everything.Capability with { OneGigabyteFirstStagePages = false, FiveLevelPaging = false },
        ExtendedCapability = new ExtendedCapabilityRegister
        {
            QueuedInvalidation = true,
            DeviceTlb = true,
            PassThrough = true,
            SnoopControl = true,
            IotlbOffset = 0x50,
        },
    };

    /// <summary>A unit in scalable mode whose only translation is the first stage: no second stage and nothing nested.</summary>
    public static VtdCapabilities FirstStageOnly { get; } = Everything with
    {
        Capability = Everything.Capability with { SecondStageLargePages = 0 },
        ExtendedCapability = Everything.ExtendedCapability with { SecondStage = false, Nested = false, SecondStageAccessedDirty = false },
    };

    /// <summary>A unit in scalable mode whose only translation is the second stage: processes and guests cannot have their own tables.</summary>
    public static VtdCapabilities SecondStageOnly { get; } = Everything with
    {
        Capability = Everything.Capability with { OneGigabyteFirstStagePages = false, FiveLevelPaging = false },
        ExtendedCapability = Everything.ExtendedCapability with { FirstStage = false, Nested = false, ExtendedAccessed = false },
    };

    /// <summary>A virtual unit: it may cache entries that are not present (CAP.CM), so a guest reports each change of its tables.</summary>
    public static VtdCapabilities WithCachingMode { get; } = Everything with { Capability = Everything.Capability with { CachingMode = true } };
}
