using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>What a right or a second-stage fault means as a reason code.</summary>
internal static class PageAccess
{
    /// <summary>Whether rights allow what is wanted: the reason code if not, in scalable mode.</summary>
    public static FaultReason Check(PageRights rights, WalkDemand demand)
    {
        bool privileged = demand.Has(WalkDemand.Privileged);
        if (!privileged && !rights.Has(PageRights.User))
            return FaultReason.UserDenied;
        if (demand.Has(WalkDemand.Write) && !rights.Has(privileged ? PageRights.SupervisorWrite : PageRights.Write))
            return FaultReason.ScalableWriteDenied;
        if (demand.Has(WalkDemand.Read) && !rights.Has(PageRights.Read))
            return FaultReason.ScalableReadDenied;
        PageRights noExecute = privileged ? PageRights.SupervisorNoExecute : PageRights.NoExecute;
        return demand.Has(WalkDemand.Execute) && rights.Has(noExecute) ? FaultReason.ExecuteDenied : FaultReason.None;
    }

    /// <summary>The reason code of a second-stage fault in scalable mode.</summary>
    public static FaultReason ReasonOf(SecondStageFault fault) => fault switch
    {
        SecondStageFault.None => FaultReason.None,
        SecondStageFault.BeyondWidth => FaultReason.SecondStageAddressBeyondWidth,
        SecondStageFault.TopTableAccess => FaultReason.SecondStageTableAccess,
        SecondStageFault.EntryAccess => FaultReason.SecondStageEntryAccess,
        SecondStageFault.NotPresent => FaultReason.SecondStageEntryNotPresent,
        SecondStageFault.Reserved => FaultReason.SecondStageEntryReserved,
        SecondStageFault.WriteDenied => FaultReason.ScalableWriteDenied,
        SecondStageFault.ReadDenied => FaultReason.ScalableReadDenied,
        SecondStageFault.InterruptRange => FaultReason.ScalableInterruptRange,
        SecondStageFault.UpdateNotSnooped => FaultReason.SecondStageUpdateNoSnoop,
        SecondStageFault.UpdateFailed => FaultReason.SecondStageUpdateFailed,
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "There is no such fault."),
    };

    /// <summary>The reason code of a second-stage fault in legacy mode.</summary>
    public static FaultReason LegacyReasonOf(SecondStageFault fault, WalkDemand demand) => fault switch
    {
        SecondStageFault.None => FaultReason.None,
        SecondStageFault.BeyondWidth => FaultReason.AddressBeyondWidth,
        SecondStageFault.TopTableAccess => FaultReason.ContextInvalid,
        SecondStageFault.EntryAccess => FaultReason.PagingEntryAccess,
        SecondStageFault.NotPresent => demand.Has(WalkDemand.Write) ? FaultReason.WriteDenied : FaultReason.ReadDenied,
        SecondStageFault.Reserved => FaultReason.PagingEntryReserved,
        SecondStageFault.WriteDenied => FaultReason.WriteDenied,
        SecondStageFault.ReadDenied => FaultReason.ReadDenied,
        SecondStageFault.InterruptRange => FaultReason.InterruptRangeOutput,
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "Legacy mode has no accessed and dirty bits."),
    };
}
