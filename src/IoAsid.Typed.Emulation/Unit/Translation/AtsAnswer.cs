using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>What a translation request gets (VT-d 4.1.2; PCIe, Translation Completion).</summary>
internal static class AtsAnswer
{
    /// <summary>The entry of a completion.</summary>
    /// <param name="translation">What was found.</param>
    /// <param name="query">What was asked.</param>
    /// <param name="entry">The entry; without rights where the page is not there, or not for this device.</param>
    /// <returns>False if the request itself is at fault: it gets no entry but an error, and a fault record.</returns>
    public static bool TryAnswer(in Translation translation, in TranslationQuery query, out TranslationEntry entry)
    {
        entry = default;
        switch (translation.Kind)
        {
            case TranslationKind.Blocked:
                entry = new TranslationEntry(0, 12, Read: false, Write: false, Privileged: query.Demand.Has(WalkDemand.Privileged));
                return IsMissingPage(translation.Reason);
            case TranslationKind.Interrupt:
                return false;
            default:
                entry = EntryOf(translation, query.Demand);
                return true;
        }
    }

    private static TranslationEntry EntryOf(in Translation translation, WalkDemand demand) => new(
        translation.Address & ~((1UL << translation.PageShift) - 1),
        translation.PageShift,
        Read: Allows(translation.Rights, demand, WalkDemand.Read),
        Write: Allows(translation.Rights, demand, WalkDemand.Write),
        Execute: Allows(translation.Rights, demand, WalkDemand.Execute),
        Privileged: demand.Has(WalkDemand.Privileged));

    private static bool Allows(PageRights rights, WalkDemand demand, WalkDemand right) =>
        demand.Has(right) && PageAccess.Check(rights, right | demand & WalkDemand.Privileged) == FaultReason.None;

    // Faults of the pages themselves: the device may ask for them to be mended (page requests), so they are no errors.
    private static bool IsMissingPage(FaultReason reason) => reason is
        FaultReason.WriteDenied or FaultReason.ReadDenied or FaultReason.AddressBeyondWidth
        or FaultReason.FirstStageEntryNotPresent or FaultReason.SecondStageEntryNotPresent
        or FaultReason.UserDenied or FaultReason.ExecuteDenied or FaultReason.ScalableWriteDenied or FaultReason.ScalableReadDenied
        or FaultReason.NotCanonical or FaultReason.SecondStageAddressBeyondWidth or FaultReason.NestedAddressBeyondGuestWidth
        or FaultReason.NestedTableReadDenied or FaultReason.NestedEntryReadDenied or FaultReason.NestedEntryWriteDenied
        or FaultReason.PasidEntryNotPresent or FaultReason.PasidDirectoryNotPresent or FaultReason.InterruptRangeOutput
        or FaultReason.ScalableInterruptRange;
}
