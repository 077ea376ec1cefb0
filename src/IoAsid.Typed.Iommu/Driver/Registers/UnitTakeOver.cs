using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// Brings a unit that an earlier owner left in any state to a clean start (Linux: kdump). It keeps nothing enabled that walks tables, writes memory or blocks requests, and
/// clears each status that stays until software clears it. A queue error, for one, stops the next queue (VT-d 6.5.2.10), and a page request overflow the next ring (VT-d 7.4.1).
/// </summary>
internal sealed class UnitTakeOver(UnitRegisters registers, GlobalCommands commands, VtdCapabilities capabilities)
{
    private const int RecordSize = 16;
    private const int UpperDword = 12;

    // A write of ones to each bit that a one clears.
    private static readonly FaultStatusRegister AllErrors = new()
    {
        PrimaryFaultOverflow = true,
        AdvancedFaultOverflow = true,
        AdvancedPendingFault = true,
        InvalidationQueueError = true,
        InvalidationCompletionError = true,
        InvalidationTimeoutError = true,
    };

    private static readonly PageRequestStatusRegister AllPageRequestStatus = new() { PendingPageRequest = true, PageRequestOverflow = true };

    public async ValueTask RunAsync()
    {
        MaskEvents();
        await DisableAsync();
        ClearFaultRecords();
        registers.Write(RegisterOffsets.FaultStatus, AllErrors);
        if (capabilities.QueuedInvalidation)
            registers.Write(RegisterOffsets.InvalidationCompletionStatus, new InvalidationCompletionStatusRegister { WaitComplete = true });
        if (capabilities.PageRequests)
            registers.Write(RegisterOffsets.PageRequestStatus, AllPageRequestStatus);
    }

    // The vectors of the earlier owner are not valid.
    private void MaskEvents()
    {
        EventInterrupt.Mask(registers, RegisterOffsets.FaultEventControl);
        if (capabilities.QueuedInvalidation)
            EventInterrupt.Mask(registers, RegisterOffsets.InvalidationEventControl);
        if (capabilities.PageRequests)
            EventInterrupt.Mask(registers, RegisterOffsets.PageRequestEventControl);
    }

    // One command a write (VT-d 11.4.4.1).
    private async ValueTask DisableAsync()
    {
        GlobalStatusRegister status = registers.Read<GlobalStatusRegister>(RegisterOffsets.GlobalStatus);
        if (status.TranslationEnable)
            await commands.EnableTranslationAsync(false);
        if (status.QueuedInvalidationEnable)
            await commands.EnableInvalidationQueueAsync(false);
        if (status.AdvancedFaultLogging)
            await commands.DisableAdvancedFaultLogAsync();
        if (status.InterruptRemappingEnable)
            await commands.DisableInterruptRemappingAsync();
        if (capabilities.Capability.ProtectedLowMemory || capabilities.Capability.ProtectedHighMemory)
            await commands.DisableProtectedMemoryAsync();
    }

    private void ClearFaultRecords()
    {
        for (int record = 0; record < capabilities.NumberOfFaultRecords; record++)
            registers.WriteNarrow(capabilities.FaultRecordOffset + record * RecordSize + UpperDword, FaultReporting.ClearFault);
    }
}
