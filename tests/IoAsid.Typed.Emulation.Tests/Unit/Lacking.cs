using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>Units that lack a capability, and with it what depends on it, so that the rest does not contradict itself.</summary>
internal static class Lacking
{
    /// <summary>The options of a unit that has everything but one capability; with a plus before its name, of one that has it as well.</summary>
    public static UnitOptions Capability(string name) => UnitBench.Options with
    {
        // Most tests make many of these units, and translate once.
        IotlbCapacity = 4,
        ContextCapacity = 4,
        Capabilities = name switch
        {
            "" => VtdCapabilities.Everything,
            "FSTS" => Extended(ecap => ecap with { FirstStage = false, Nested = false, ExtendedAccessed = false }) with
            {
                Capability = VtdCapabilities.Everything.Capability with { FiveLevelPaging = false, OneGigabyteFirstStagePages = false },
            },
            "SSTS" => Extended(ecap => ecap with { SecondStage = false, Nested = false }),
            "NEST" => Extended(ecap => ecap with { Nested = false }),
            "PT" => Extended(ecap => ecap with { PassThrough = false }),
            "SRS" => Extended(ecap => ecap with { SupervisorRequests = false, RidPrivilege = false }),
            "RPRIVS" => Extended(ecap => ecap with { RidPrivilege = false }),
            "RPS" => Extended(ecap => ecap with { RidPasid = false }),
            "PASID" => Extended(ecap => ecap with { Pasid = false }),
            "DT" => Extended(ecap => ecap with { DeviceTlb = false, PageRequests = false, PageRequestDrain = false, NoWriteFlag = false }),
            "PRS" => Extended(ecap => ecap with { PageRequests = false }),
            "SC" => Extended(ecap => ecap with { SnoopControl = false }),
            "EAFS" => Extended(ecap => ecap with { ExtendedAccessed = false }),
            "SSADS" => Extended(ecap => ecap with { SecondStageAccessedDirty = false }),
            "SMPWCS" => Extended(ecap => ecap with { ScalablePageWalkCoherency = false, SecondStageAccessedDirty = false, ExtendedAccessed = false }),
            "+MTS" => Extended(ecap => ecap with { MemoryTypes = true }),
            "FS5LP" => With(cap => cap with { FiveLevelPaging = false }),
            "FS1GP" => With(cap => cap with { OneGigabyteFirstStagePages = false }),
            "SSLPS" => With(cap => cap with { SecondStageLargePages = 0 }),
            "SSLPS 1 GiB" => With(cap => cap with { SecondStageLargePages = 1 }),
            "ND" => With(cap => cap with { NumberOfDomains = 2 }),
            "revision 3" => VtdCapabilities.Everything with { Revision = VtdRevision.Three },
            "revision 5.10" => VtdCapabilities.Everything with { Revision = VtdRevision.Five10 },
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, "There is no such capability."),
        },
    };

    private static VtdCapabilities Extended(Func<ExtendedCapabilityRegister, ExtendedCapabilityRegister> change) =>
        VtdCapabilities.Everything with { ExtendedCapability = change(VtdCapabilities.Everything.ExtendedCapability) };

    private static VtdCapabilities With(Func<CapabilityRegister, CapabilityRegister> change) =>
        VtdCapabilities.Everything with { Capability = change(VtdCapabilities.Everything.Capability) };
}
