using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>Says of an entry in what way a fault is its doing.</summary>
internal static class WhatIsMissing
{
    /// <summary>The remark on an entry; empty if it has nothing to do with the fault.</summary>
    public static string In(SeenEntry entry, WalkLog log, FaultReason reason)
    {
        bool last = ReferenceEquals(entry, log.Last);
        if (last && IsReservedBit(reason))
            return $"reserved bits are set: {entry.SetReservedBits}";
        string[] clear = [.. entry.Clear(FlagsFor(reason, entry, log, last))];
        return clear.Length == 0 ? "" : $"{string.Join(" and ", clear)} {(clear.Length == 1 ? "is" : "are")} clear";
    }

    private static string[] FlagsFor(FaultReason reason, SeenEntry entry, WalkLog log, bool last) => reason switch
    {
        FaultReason.RootNotPresent or FaultReason.ContextNotPresent or FaultReason.ScalableContextNotPresent or FaultReason.PasidDirectoryNotPresent
            or FaultReason.PasidEntryNotPresent or FaultReason.FirstStageEntryNotPresent when last => ["P"],
        FaultReason.ScalableRootNotPresent => ["LP", "UP"],
        FaultReason.DeviceTlbDisabled => ["DTE"],
        FaultReason.PasidDisabled => ["PASIDE"],
        FaultReason.SupervisorRequestsDisabled => ["SRE"],
        FaultReason.ExecuteRequestsDisabled => ["ERE"],
        FaultReason.FirstStageUpdateNoSnoop or FaultReason.SecondStageUpdateNoSnoop => ["PWSNP"],
        FaultReason.UserDenied when entry.IsFirstStage => ["U/S"],
        _ => entry.SecondStageInput is null ? OfFirstStage(reason, entry, log) : OfSecondStage(reason, entry, log),
    };

    private static string[] OfFirstStage(FaultReason reason, SeenEntry entry, WalkLog log) =>
        reason == FaultReason.ScalableWriteDenied && entry.IsFirstStage && log.FailedInput is null ? ["R/W"] : [];

    // Of several second-stage walks, the one that failed.
    private static string[] OfSecondStage(FaultReason reason, SeenEntry entry, WalkLog log) => reason switch
    {
        _ when entry.SecondStageInput != log.FailedInput => [],
        FaultReason.SecondStageEntryNotPresent => ["R", "W"],
        FaultReason.ScalableWriteDenied or FaultReason.WriteDenied or FaultReason.NestedEntryWriteDenied => ["W"],
        FaultReason.ScalableReadDenied or FaultReason.ReadDenied or FaultReason.NestedEntryReadDenied or FaultReason.NestedTableReadDenied => ["R"],
        _ => [],
    };

    private static bool IsReservedBit(FaultReason reason) => reason is
        FaultReason.RootReserved or FaultReason.ContextReserved or FaultReason.PagingEntryReserved or FaultReason.ScalableRootReserved
        or FaultReason.ScalableContextReserved or FaultReason.PasidDirectoryReserved or FaultReason.PasidEntryReserved
        or FaultReason.FirstStageEntryReserved or FaultReason.SecondStageEntryReserved;
}
