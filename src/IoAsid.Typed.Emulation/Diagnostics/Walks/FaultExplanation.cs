using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>The explanation which bits of an entry caused a fault.</summary>
internal static class FaultExplanation
{
    /// <summary>Explains which bits of an entry caused a fault. Empty if the entry did not cause it.</summary>
    public static string Of(WalkedEntry entry, WalkLog log, FaultReason reason)
    {
        bool last = ReferenceEquals(entry, log.Last);
        if (last && IsReservedBit(reason))
            return $"reserved bits are set: {entry.SetReservedBits}";
        string[] clear = [.. entry.Clear(FlagsFor(reason, entry, log, last))];
        return clear.Length == 0 ? "" : $"{string.Join(" and ", clear)} {(clear.Length == 1 ? "is" : "are")} clear";
    }

    private static string[] FlagsFor(FaultReason reason, WalkedEntry entry, WalkLog log, bool last) => reason switch
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

    private static string[] OfFirstStage(FaultReason reason, WalkedEntry entry, WalkLog log) =>
        reason == FaultReason.ScalableWriteDenied && entry.IsFirstStage && log.FailedInput is null ? ["R/W"] : [];

    // Only the failed one of several second-stage walks caused the fault.
    private static string[] OfSecondStage(FaultReason reason, WalkedEntry entry, WalkLog log) => reason switch
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
