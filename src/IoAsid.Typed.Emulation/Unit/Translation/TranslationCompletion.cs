using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>The completion of a translation request (VT-d 4.2.3, Table 30).</summary>
internal static class TranslationCompletion
{
    private const int SmallestPageShift = 12;

    /// <summary>Returns the status of a completion.</summary>
    /// <param name="translation">The translation of the address.</param>
    /// <param name="query">The translation request.</param>
    /// <param name="entry">The entry of a completion with data. It has no rights if the page is missing or not for this device.</param>
    public static CompletionStatus Of(in Translation translation, in TranslationQuery query, out TranslationEntry entry)
    {
        entry = new TranslationEntry(0, SmallestPageShift, Read: false, Write: false, Privileged: query.Prefix.PrivilegedModeRequested);
        switch (translation.Kind)
        {
            case TranslationKind.Blocked:
                return StatusOf(translation.Reason);
            case TranslationKind.Interrupt:
                // A device can request translations of its message-signaled interrupts. It must send them untranslated (VT-d Table 30, S.1, S.2).
                bool writes = query.Demand.Has(WalkDemand.Write);
                entry = entry with { Write = writes, UntranslatedOnly = writes };
                return CompletionStatus.Success;
            default:
                entry = EntryOf(translation, query);
                return CompletionStatus.Success;
        }
    }

    /// <summary>Returns true if a fault is recorded although the completion has data (VT-d Table 30, SFS.10).</summary>
    public static bool IsRecordedWithData(FaultReason reason) => reason == FaultReason.FirstStageUpdateFailed;

    private static TranslationEntry EntryOf(in Translation translation, in TranslationQuery query)
    {
        WalkDemand privilege = query.Demand & WalkDemand.Privileged | (translation.IsForSupervisor ? WalkDemand.Privileged : WalkDemand.None);
        return new TranslationEntry(
            translation.Address & ~((1UL << translation.PageShift) - 1),
            translation.PageShift,
            Read: Allows(translation.Rights, query.Demand, WalkDemand.Read, privilege),
            Write: Allows(translation.Rights, query.Demand, WalkDemand.Write, privilege),
            Execute: Allows(translation.Rights, query.Demand, WalkDemand.Execute, privilege),
            Privileged: query.Prefix.PrivilegedModeRequested);
    }

    private static bool Allows(PageRights rights, WalkDemand demand, WalkDemand right, WalkDemand privilege) =>
        demand.Has(right) && PageAccess.Check(rights, right | privilege) == FaultReason.None;

    // The columns of translation requests in Table 30. None is the reason of a unit that does not translate (VT-d 4.2.1).
    private static CompletionStatus StatusOf(FaultReason reason) => reason switch
    {
        FaultReason.None
            or FaultReason.RootNotPresent or FaultReason.ContextNotPresent or FaultReason.RequestTypeBlocked
            or FaultReason.PasidInLegacyMode or FaultReason.AbortDmaMode or FaultReason.ExecuteRequested
            or FaultReason.ScalableRootNotPresent or FaultReason.ScalableContextNotPresent
            or FaultReason.DeviceTlbDisabled or FaultReason.PasidDisabled or FaultReason.PasidBeyondDirectory
            or FaultReason.RidPasidInvalid or FaultReason.PasidTooWide => CompletionStatus.UnsupportedRequest,
        FaultReason.AddressBeyondWidth or FaultReason.WriteDenied or FaultReason.ReadDenied
            or FaultReason.PasidDirectoryNotPresent or FaultReason.PasidEntryNotPresent
            or FaultReason.ExecuteRequestsDisabled or FaultReason.SupervisorRequestsDisabled
            or FaultReason.FirstStageEntryAccess or FaultReason.FirstStageEntryNotPresent or FaultReason.FirstStageEntryReserved
            or FaultReason.FirstStageTableAccess or FaultReason.NestedAddressBeyondGuestWidth
            or FaultReason.NestedTableReadDenied or FaultReason.NestedEntryReadDenied or FaultReason.NestedEntryWriteDenied
            or FaultReason.FirstStageUpdateNoSnoop or FaultReason.FirstStageUpdateFailed
            or FaultReason.SecondStageEntryNotPresent or FaultReason.NotCanonical or FaultReason.UserDenied
            or FaultReason.AddressBeyondHostWidth or FaultReason.SecondStageAddressBeyondWidth
            or FaultReason.ScalableWriteDenied or FaultReason.ScalableReadDenied or FaultReason.ExecuteDenied => CompletionStatus.Success,
        _ => CompletionStatus.CompleterAbort,
    };
}
