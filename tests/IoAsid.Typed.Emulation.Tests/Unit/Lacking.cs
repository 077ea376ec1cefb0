using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>The options of units without a capability and without the capabilities that depend on it.</summary>
internal static class Lacking
{
    /// <summary>Returns the options of a unit with all capabilities except one. If the name begins with a plus, adds the capability instead.</summary>
    public static UnitOptions Capability(string name) => UnitFixture.Options with
    {
        // The caches are small, because most tests create many units and translate once.
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
