using System.Collections.Immutable;

namespace IoAsid.Typed.Vtd;

/// <summary>The bits of the capability registers that meet each <see cref="Requirement"/>.</summary>
internal static class Requirements
{
    private static readonly ImmutableArray<(Requirement Requirement, BitField Field)> InCapability =
    [
        (Requirement.AdvancedFaultLog, CapabilityRegister.Layout["AFL"]),
        (Requirement.ProtectedLowMemory, CapabilityRegister.Layout["PLMR"]),
        (Requirement.ProtectedMemory, CapabilityRegister.Layout["PLMR"]),
        (Requirement.ProtectedHighMemory, CapabilityRegister.Layout["PHMR"]),
        (Requirement.ProtectedMemory, CapabilityRegister.Layout["PHMR"]),
        (Requirement.FiveLevelPaging, CapabilityRegister.Layout["FS5LP"]),
        (Requirement.EnhancedCommands, CapabilityRegister.Layout["ECMDS"]),
    ];

    private static readonly ImmutableArray<(Requirement Requirement, BitField Field)> InExtendedCapability =
    [
        (Requirement.QueuedInvalidation, ExtendedCapabilityRegister.Layout["QI"]),
        (Requirement.DeviceTlb, ExtendedCapabilityRegister.Layout["DT"]),
        (Requirement.InterruptRemapping, ExtendedCapabilityRegister.Layout["IR"]),
        (Requirement.ExtendedInterruptMode, ExtendedCapabilityRegister.Layout["EIM"]),
        (Requirement.PassThrough, ExtendedCapabilityRegister.Layout["PT"]),
        (Requirement.SnoopControl, ExtendedCapabilityRegister.Layout["SC"]),
        (Requirement.MemoryTypes, ExtendedCapabilityRegister.Layout["MTS"]),
        (Requirement.Nested, ExtendedCapabilityRegister.Layout["NEST"]),
        (Requirement.PageRequests, ExtendedCapabilityRegister.Layout["PRS"]),
        (Requirement.SupervisorRequests, ExtendedCapabilityRegister.Layout["SRS"]),
        (Requirement.ExtendedAccessed, ExtendedCapabilityRegister.Layout["EAFS"]),
        (Requirement.Pasid, ExtendedCapabilityRegister.Layout["PASID"]),
        (Requirement.DeviceTlbThrottling, ExtendedCapabilityRegister.Layout["DIT"]),
        (Requirement.PageRequestDrain, ExtendedCapabilityRegister.Layout["PDS"]),
        (Requirement.ScalableMode, ExtendedCapabilityRegister.Layout["SMTS"]),
        (Requirement.VirtualCommands, ExtendedCapabilityRegister.Layout["VCS"]),
        (Requirement.SecondStageAccessedDirty, ExtendedCapabilityRegister.Layout["SSADS"]),
        (Requirement.SecondStage, ExtendedCapabilityRegister.Layout["SSTS"]),
        (Requirement.FirstStage, ExtendedCapabilityRegister.Layout["FSTS"]),
        (Requirement.PageWalkCoherency, ExtendedCapabilityRegister.Layout["SMPWCS"]),
        (Requirement.RidPasid, ExtendedCapabilityRegister.Layout["RPS"]),
        (Requirement.RidPrivilege, ExtendedCapabilityRegister.Layout["RPRIVS"]),
        (Requirement.PasidInTranslatedRequests, ExtendedCapabilityRegister.Layout["PTRS"]),
    ];

    /// <summary>Returns the registers and bits of requirements as text, as in <c>ECAP.SMTS (bit 43) and ECAP.FSTS (bit 47)</c>.</summary>
    public static string Describe(this Requirement needs)
    {
        IEnumerable<Requirement> each = Enum.GetValues<Requirement>().Where(one => (needs & one) != Requirement.None);
        return string.Join(" and ", each.Select(DescribeSingle));
    }

    /// <summary>Returns the requirements that capability registers meet.</summary>
    public static Requirement MetBy(CapabilityRegister capability, ExtendedCapabilityRegister extended)
    {
        Requirement met = Requirement.None;
        foreach ((Requirement requirement, BitField field) in InCapability)
            met |= field.Get(capability.Bits) != 0 ? requirement : Requirement.None;

        foreach ((Requirement requirement, BitField field) in InExtendedCapability)
            met |= field.Get(extended.Bits) != 0 ? requirement : Requirement.None;

        return met;
    }

    private static string DescribeSingle(Requirement needs) =>
        string.Join(" or ", [.. Places("CAP", InCapability, needs), .. Places("ECAP", InExtendedCapability, needs)]);

    private static IEnumerable<string> Places(
        string register,
        ImmutableArray<(Requirement Requirement, BitField Field)> table,
        Requirement needs) =>
        table.Where(row => row.Requirement == needs).Select(row => $"{register}.{row.Field.Name} (bit {row.Field.LowBit})");
}
