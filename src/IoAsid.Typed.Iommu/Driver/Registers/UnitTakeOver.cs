using System.Buffers.Binary;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// The reset of a unit that an earlier owner left in any state, such as the crashed kernel before kdump. It disables everything that walks tables, writes
/// memory or blocks requests, and clears each sticky status. Otherwise a queue error would stop the next queue (VT-d 6.5.2.10), and a page request overflow
/// would stop the next ring (VT-d 7.4.1).
/// </summary>
internal sealed class UnitTakeOver(DriverRegisters registers, GlobalCommands commands, VtdCapabilities capabilities, IPlatform platform)
{
    private const int RecordSize = 16;
    private const int UpperDword = 12;
    private const int NarrowDescriptor = 16;
    private const int WideDescriptor = 32;

    // The earlier owner's queue may have pending descriptors, or may not work.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    // A one clears each of these bits.
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
        registers.Write(RegisterOffsets.InvalidationCompletionStatus, new InvalidationCompletionStatusRegister { WaitComplete = true });
        if (capabilities.PageRequests)
            registers.Write(RegisterOffsets.PageRequestStatus, AllPageRequestStatus);
    }

    // The interrupt vectors of the earlier owner are not valid.
    private void MaskEvents()
    {
        EventInterrupt.Mask(registers, RegisterOffsets.FaultEventControl);
        EventInterrupt.Mask(registers, RegisterOffsets.InvalidationEventControl);
        if (capabilities.PageRequests)
            EventInterrupt.Mask(registers, RegisterOffsets.PageRequestEventControl);
    }

    // Each write changes one command (VT-d 11.4.4.1).
    private async ValueTask DisableAsync()
    {
        GlobalStatusRegister status = registers.Read<GlobalStatusRegister>(RegisterOffsets.GlobalStatus);
        if (status.TranslationEnable)
            await commands.EnableTranslationAsync(false);
        if (status.QueuedInvalidationEnable)
        {
            await EndQueueAsync();
            await commands.EnableInvalidationQueueAsync(false);
        }

        if (status.AdvancedFaultLogging)
            await commands.DisableAdvancedFaultLogAsync();
        if (status.InterruptRemappingEnable)
            await commands.DisableInterruptRemappingAsync();
        if (capabilities.Capability.ProtectedLowMemory || capabilities.Capability.ProtectedHighMemory)
            await commands.DisableProtectedMemoryAsync();
    }

    // A queue is disabled when it is empty and its last descriptor was a wait (VT-d 6.5.2). An error stops the queue in the middle, so all descriptors from the
    // head on are dropped. The memory at the head may have another use, so its contents are restored.
    private async ValueTask EndQueueAsync()
    {
        InvalidationQueueAddressRegister queue = registers.Read<InvalidationQueueAddressRegister>(RegisterOffsets.InvalidationQueueAddress);
        await platform.Scheduler.WaitUntil(() => Head() == Tail() || HasQueueError(), Timeout);
        ulong head = Head();
        int size = queue.WideDescriptors ? WideDescriptor : NarrowDescriptor;
        ulong next = (head + (ulong)size) % ((ulong)AddressRange.PageSize << queue.QueueSize);
        byte[] contents = new byte[size];
        byte[] wait = new byte[size];
        BinaryPrimitives.WriteUInt64LittleEndian(wait, new InvalidationWait { Fence = true }.Bits[0]);
        if (!platform.Memory.TryRead(queue.Queue + head, contents))
            return;
        platform.Memory.Write(queue.Queue + head, wait);
        SetTail(head);
        registers.Write(RegisterOffsets.FaultStatus, AllErrors);
        SetTail(next);
        await platform.Scheduler.WaitUntil(() => Head() == next, Timeout);
        platform.Memory.Write(queue.Queue + head, contents);
    }

    private ulong Head() => registers.Read<InvalidationQueueHeadRegister>(RegisterOffsets.InvalidationQueueHead).Head;

    private ulong Tail() => registers.Read<InvalidationQueueTailRegister>(RegisterOffsets.InvalidationQueueTail).Tail;

    private void SetTail(ulong tail) => registers.Write(RegisterOffsets.InvalidationQueueTail, new InvalidationQueueTailRegister { Tail = tail });

    private bool HasQueueError()
    {
        FaultStatusRegister status = registers.Read<FaultStatusRegister>(RegisterOffsets.FaultStatus);
        return status.InvalidationQueueError || status.InvalidationTimeoutError;
    }

    private void ClearFaultRecords()
    {
        for (int record = 0; record < capabilities.NumberOfFaultRecords; record++)
            registers.WriteNarrow(capabilities.FaultRecordOffset + record * RecordSize + UpperDword, FaultReporting.ClearFault);
    }
}
