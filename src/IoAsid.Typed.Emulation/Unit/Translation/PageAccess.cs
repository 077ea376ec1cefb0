using System.Runtime.CompilerServices;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>The fault reasons of missing rights and of second-stage faults.</summary>
internal static class PageAccess
{
    /// <summary>Checks rights against the requested access. Returns the fault reason of scalable mode, or none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FaultReason Check(PageRights rights, WalkDemand demand)
    {
        // The flags of read and write have the same bits in both types.
        PageRights wanted = PageRights.User | (PageRights)(demand & (WalkDemand.Read | WalkDemand.Write));
        return !demand.Has(WalkDemand.Privileged | WalkDemand.Execute) && (rights & wanted) == wanted ? FaultReason.None : CheckEach(rights, demand);
    }

    private static FaultReason CheckEach(PageRights rights, WalkDemand demand)
    {
        bool privileged = demand.Has(WalkDemand.Privileged);
        if (!privileged && !rights.Has(PageRights.User))
            return FaultReason.UserDenied;
        if (demand.Has(WalkDemand.Write) && !AllowsWrite(rights, demand))
            return FaultReason.ScalableWriteDenied;
        if (demand.Has(WalkDemand.Read) && !rights.Has(PageRights.Read))
            return FaultReason.ScalableReadDenied;
        PageRights noExecute = privileged ? PageRights.SupervisorNoExecute : PageRights.NoExecute;
        return demand.Has(WalkDemand.Execute) && rights.Has(noExecute) ? FaultReason.ExecuteDenied : FaultReason.None;
    }

    /// <summary>Returns true if rights include that of a user, or of a supervisor in a privileged request, to write.</summary>
    public static bool AllowsWrite(PageRights rights, WalkDemand demand) =>
        rights.Has(demand.Has(WalkDemand.Privileged) ? PageRights.SupervisorWrite : PageRights.Write);

    /// <summary>Returns the fault reason of a second-stage fault in scalable mode.</summary>
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
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "The fault is not known. Add it to this method."),
    };

    /// <summary>Returns the fault reason of a second-stage fault in legacy mode.</summary>
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
