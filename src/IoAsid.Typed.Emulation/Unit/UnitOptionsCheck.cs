using System.Numerics;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>The check of options. It rejects options that no unit can have, and names the capability and the bit.</summary>
internal static class UnitOptionsCheck
{
    private const ulong InterruptModes = 1UL << 61 | 1UL << 62;
    private const ulong LaterCapabilities = 1UL << 50 | 1UL << 55 | 1UL << 57 | 1UL << 59 | 1UL << 60;

    public static void Check(UnitOptions options)
    {
        CheckCapacity(options.IotlbCapacity, nameof(UnitOptions.IotlbCapacity));
        CheckCapacity(options.ContextCapacity, nameof(UnitOptions.ContextCapacity));
        if (options.StructureCapacity != 0)
            CheckCapacity(options.StructureCapacity, nameof(UnitOptions.StructureCapacity));
        Require(options.InvalidationTimeout > TimeSpan.Zero, $"{nameof(UnitOptions.InvalidationTimeout)} must be positive.");
        Require(
            options.VirtualCommandPasids is > 0 and < 1 << 20,
            $"{nameof(UnitOptions.VirtualCommandPasids)} must be 1 to 0xFFFFF: PASIDs have 20 bits, and 0 is not allocated.");
        CheckCapabilities(options.Capabilities);
    }

    /// <summary>Returns the registers of a unit.</summary>
    /// <exception cref="ArgumentException">Two registers overlap.</exception>
    public static RegisterFile PlaceRegisters(UnitOptions options)
    {
        try
        {
            return new RegisterFile(options.Capabilities);
        }
        catch (InvalidOperationException overlap)
        {
            throw new ArgumentException(overlap.Message, nameof(options), overlap);
        }
    }

    private static void CheckCapabilities(in VtdCapabilities capabilities)
    {
        Require(capabilities.HostAddressWidth is >= 32 and <= 52, "The host address width must be 32 to 52 bits.");
        Require(capabilities.MajorVersion is >= 1 and <= 15, "VER.MAX (7:4), the major version, must be 1 to 15.");
        CheckCapability(capabilities);
        CheckDependencies(capabilities);
        CheckUnsupported(capabilities);
    }

    // Checks CAP by itself, and together with a width or a version (VT-d 11.4.2).
    private static void CheckCapability(in VtdCapabilities capabilities)
    {
        CapabilityRegister capability = capabilities.Capability;
        Require(capability.NumberOfDomains <= 6, "CAP.ND (2:0) is 7, which is reserved: 6 is 65536 domain ids.");
        Require((capability.SupportedAddressWidths & ~0b1110) == 0, "CAP.SAGAW (12:8) has bit 0 or 4 set, which are reserved: bit 1 is 39 bits, 2 is 48, 3 is 57.");
        Require(
            capabilities.SupportedAdjustedGuestWidths != 0 || !NeedsSecondStage(capabilities),
            "CAP.SAGAW (12:8) names no address width, and legacy mode or ECAP.SSTS (46) needs one: bit 1 is 39 bits, 2 is 48, 3 is 57.");
        Require(
            capabilities.SupportedAdjustedGuestWidths == 0 || capabilities.SecondStage || capabilities.MajorVersion < 6,
            "CAP.SAGAW (12:8) names an address width without ECAP.SSTS (46): from major version 6 on it is 0 then.");
        Require(
            capabilities.MaximumGuestAddressWidth >= capabilities.HostAddressWidth,
            "CAP.MGAW (21:16) is below the host address width: guests must be able to use each host address.");
        Require(capability.SecondStageLargePages is 0 or 1 or 3, "CAP.SSLPS (37:34) must be 0, 1 (2 MiB) or 3 (1 GiB as well).");
        Require(
            capabilities.MajorVersion < 2 || capability is { DrainReads: true, DrainWrites: true },
            "CAP.DRD (55) or CAP.DWD (54) is clear: from major version 2 on both are set.");
    }

    // Checks capabilities that need other capabilities (VT-d 11.4.2, 11.4.3).
    private static void CheckDependencies(in VtdCapabilities capabilities)
    {
        CapabilityRegister capability = capabilities.Capability;
        ExtendedCapabilityRegister extended = capabilities.ExtendedCapability;
        bool scalable = capabilities.ScalableMode;
        Needs(scalable, "ECAP.SMTS (43)", capabilities.QueuedInvalidation, "ECAP.QI (1)");
        Needs(capabilities.DeviceTlb, "ECAP.DT (2)", capabilities.QueuedInvalidation, "ECAP.QI (1)");
        Needs(capabilities.FirstStage, "ECAP.FSTS (47)", scalable, "ECAP.SMTS (43)");
        Needs(capabilities.FiveLevelPaging, "CAP.FS5LP (60)", capabilities.FirstStage, "ECAP.FSTS (47)");
        Needs(capabilities.OneGigabyteFirstStagePages, "CAP.FS1GP (56)", capabilities.FirstStage, "ECAP.FSTS (47)");
        Needs(capabilities.Nested, "ECAP.NEST (26)", capabilities is { FirstStage: true, SecondStage: true }, "both ECAP.FSTS (47) and ECAP.SSTS (46)");
        Needs(capabilities.Pasid, "ECAP.PASID (40)", scalable, "ECAP.SMTS (43)");
        Needs(capabilities.RidPasid, "ECAP.RPS (49)", scalable, "ECAP.SMTS (43)");
        Needs(capabilities.PageWalkCoherency, "ECAP.SMPWCS (48)", scalable, "ECAP.SMTS (43)");
        Needs(capabilities.SupervisorRequests, "ECAP.SRS (31)", scalable, "ECAP.SMTS (43)");
        Needs(extended.MemoryTypes, "ECAP.MTS (25)", scalable, "ECAP.SMTS (43)");
        Needs(extended.PasidSize != 0, "ECAP.PSS (39:35)", scalable, "ECAP.SMTS (43)");
        Needs(extended.RidPrivilege, "ECAP.RPRIVS (53)", capabilities.SupervisorRequests, "ECAP.SRS (31)");
        Needs(capabilities.ExtendedAccessed, "ECAP.EAFS (34)", capabilities is { FirstStage: true, PageWalkCoherency: true }, "both ECAP.FSTS (47) and ECAP.SMPWCS (48)");
        Needs(capabilities.SecondStageAccessedDirty, "ECAP.SSADS (45)", capabilities.PageWalkCoherency, "ECAP.SMPWCS (48)");
        Needs(capabilities.PageRequests, "ECAP.PRS (29)", scalable && capabilities.DeviceTlb, "both ECAP.SMTS (43) and ECAP.DT (2)");
        Needs(extended.StopMarkers, "ECAP.SMS (58)", capabilities.PageRequests, "ECAP.PRS (29)");
        Needs(capabilities.PageRequestDrain, "ECAP.PDS (42)", capabilities.DeviceTlb, "ECAP.DT (2)");
        Needs(extended.DeviceTlbThrottling, "ECAP.DIT (41)", capabilities.DeviceTlb, "ECAP.DT (2)");
        Needs(capabilities.NoWriteFlag, "ECAP.NWFS (33)", capabilities.DeviceTlb, "ECAP.DT (2)");
        Needs(
            capabilities.Revision >= VtdRevision.Five0 && capabilities.Meets(Requirement.PasidInTranslatedRequests), "ECAP.PTRS (56)",
            capabilities is { DeviceTlb: true, Pasid: true }, "both ECAP.DT (2) and ECAP.PASID (40)");
        Needs(extended.ExtendedInterruptMode, "ECAP.EIM (4)", capabilities.InterruptRemapping, "ECAP.IR (3)");
        Needs(extended.MaximumHandleMask != 0, "ECAP.MHMV (23:20)", capabilities.InterruptRemapping, "ECAP.IR (3)");
        Needs((extended.Bits & InterruptModes) != 0, "One of ECAP.EIMER (61) and IRREQ (62)", capabilities.InterruptRemapping, "ECAP.IR (3)");
        Require(!(capability.WriteBufferFlushRequired && scalable), "CAP.RWBF (4) is set together with ECAP.SMTS (43), which excludes it.");
        Require(
            !extended.ExecuteRequests || capabilities.Revision == VtdRevision.Three,
            "ECAP.ERS (30) is set, and only revision 3 has execute requests.");
    }

    private static void CheckUnsupported(in VtdCapabilities capabilities)
    {
        CapabilityRegister capability = capabilities.Capability;
        RejectUnsupported(capabilities.InterruptRemapping, "ECAP.IR (3)", "interrupt remapping");
        RejectUnsupported(capability.PostedInterrupts, "CAP.PI (59)", "interrupt posting");
        RejectUnsupported(capability.AdvancedFaultLog, "CAP.AFL (3)", "advanced fault log");
        RejectUnsupported(capability.ProtectedLowMemory, "CAP.PLMR (5)", "protected memory regions");
        RejectUnsupported(capability.ProtectedHighMemory, "CAP.PHMR (6)", "protected memory regions");
        RejectUnsupported(capability.EnhancedCommands, "CAP.ECMDS (61)", "enhanced commands");
        RejectUnsupported(capabilities.ExtendedCapability.PerformanceMonitoring, "ECAP.PMS (51)", "performance monitoring");
        RejectUnsupported((capabilities.ExtendedCapability.Bits & LaterCapabilities) != 0, "One of ECAP.TDXCS (50), HPTS (55), SSIRWS (57), HPT1GPS (59) and RDTS (60)", "TDX Connect, host permission tables, second-stage I/O rights and RDT");
    }

    private static void RejectUnsupported(bool wanted, string bit, string feature) =>
        Require(!wanted, $"{bit} is set: this unit has no {feature}. Clear the bit.");

    private static bool NeedsSecondStage(in VtdCapabilities capabilities) => !capabilities.ScalableMode || capabilities.SecondStage;

    private static void CheckCapacity(int capacity, string name) => Require(
        capacity is >= 4 and <= 1 << 20 && BitOperations.IsPow2(capacity), $"{name} must be a power of two from 4 to 2^20; it is {capacity}.");

    private static void Needs(bool has, string capability, bool met, string needed) => Require(!has || met, $"{capability} is set without {needed}.");

    private static void Require(bool options, string otherwise)
    {
        if (!options)
            throw new ArgumentException(otherwise, nameof(options));
    }
}
