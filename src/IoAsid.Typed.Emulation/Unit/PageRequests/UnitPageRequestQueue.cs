using System.Runtime.CompilerServices;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// The page request queue (VT-d 7.4 to 7.8). Requests are checked and written to the queue in later steps, in the order of arrival. The unit itself responds to
/// groups whose last request is blocked or finds the queue full. Requests are numbered from 1 in the order of arrival.
/// </summary>
internal sealed class UnitPageRequestQueue
{
    private const ulong PageMask = 0xFFF;

    private readonly UnitParts _unit;
    private readonly UnitEventInterrupt _interrupt;
    private readonly IPageRequestQueueObserver _observer;
    private readonly PickQueue<PageRequestMessage> _arrived = new();
    private readonly int _requestsPerStep;
    private readonly bool _hasScalableMode;
    private readonly bool _hasAbortMode;
    private readonly bool _hasStopMarkers;
    private readonly Action _step;
    private bool _stepPosted;

    public UnitPageRequestQueue(UnitParts unit, UnitEventInterrupt interrupt, IPageRequestQueueObserver observer)
    {
        _unit = unit;
        _interrupt = interrupt;
        _observer = observer;
        _requestsPerStep = unit.PageRequestsPerStep;
        _hasScalableMode = unit.Options.Capabilities.ScalableMode;
        _hasAbortMode = unit.Options.Capabilities.AbortDma;
        _hasStopMarkers = unit.Options.Capabilities.ExtendedCapability.StopMarkers;
        _step = Step;
        unit.Registers.OnWrite(RegisterOffsets.PageRequestStatus, _ => WithdrawHandledInterrupt());
    }

    /// <summary>The number of the last request that has arrived.</summary>
    public long LastArrived { get; private set; }

    private PageRequestStatusRegister Status
    {
        get => new(_unit.Registers[RegisterOffsets.PageRequestStatus]);
        set => _unit.Registers[RegisterOffsets.PageRequestStatus] = value.Bits;
    }

    private ulong Tail
    {
        get => new PageRequestQueueTailRegister(_unit.Registers[RegisterOffsets.PageRequestQueueTail]).Tail;
        set => _unit.Registers[RegisterOffsets.PageRequestQueueTail] = new PageRequestQueueTailRegister { Tail = value }.Bits;
    }

    private ulong Head => new PageRequestQueueHeadRegister(_unit.Registers[RegisterOffsets.PageRequestQueueHead]).Head;

    /// <summary>Returns true if all requests up to a number are written or dropped.</summary>
    public bool HaveDrained(long number) => LastArrived - _arrived.Count >= number;

    /// <summary>Receives a request from the fabric.</summary>
    public void Receive(in PageRequestMessage message)
    {
        LastArrived++;
        ulong group = (uint)message.GroupIndex | (message.IsLast && !message.IsStopMarker ? 1UL << 16 : 0);
        _unit.Notify(UnitEventKind.PageRequestArrived, message.Requester, message.Prefix, message.Address, group);
        _arrived.Add(message);
        PostStep();
    }

    /// <summary>Sends a response of software.</summary>
    public void Respond(in PageGroupResponseMessage message)
    {
        _unit.Notify(UnitEventKind.ResponseSent, message.Target, message.Prefix, (ulong)message.GroupIndex, (ulong)message.Code);
        _unit.Port.Send(message);
    }

    private void PostStep()
    {
        if (_stepPosted || _arrived.Count == 0)
            return;
        _stepPosted = true;
        _unit.Scheduler.Post(_step);
    }

    private void Step()
    {
        _stepPosted = false;
        for (int left = Math.Min(_arrived.Count, _requestsPerStep); left > 0; left--)
        {
            Handle(_arrived.First);
            _arrived.RemoveAt(0);
            _observer.PageRequestHandled();
        }

        PostStep();
    }

    private void Handle(in PageRequestMessage message)
    {
        TranslationQuery query = QueryOf(message);
        ref readonly AddressSpaceContext space = ref FindAddressSpace(query, out FaultReason fault, out bool unreported);
        if (fault != FaultReason.None)
        {
            if (!IsDroppedSilently(message))
                _unit.Block(query, Translation.Blocked(fault, unreported));
            Drop(message, PageResponse.InvalidRequest);
        }
        else if (Status.PageRequestOverflow)
        {
            Drop(message, PageResponse.Success);
        }
        else
        {
            Enqueue(message, space);
        }
    }

    // A page request is checked like a memory request, down to the PASID entry (VT-d 7.4.1, Table 30).
    private ref readonly AddressSpaceContext FindAddressSpace(in TranslationQuery query, out FaultReason fault, out bool unreported)
    {
        unreported = false;
        fault = CheckMode();
        if (fault != FaultReason.None)
            return ref Unsafe.NullRef<AddressSpaceContext>();
        ref readonly ScalableContextEntry context = ref _unit.Translator.FindContext(query.Requester, out fault, out unreported);
        if (fault == FaultReason.None)
            fault = Check(query.Prefix, context);
        if (fault != FaultReason.None)
            return ref Unsafe.NullRef<AddressSpaceContext>();
        Pasid pasid = query.Prefix.IsPresent ? query.Prefix.Pasid : context.RidPasid;
        return ref _unit.Translator.FindAddressSpace(query.Requester, context, pasid, out fault, out unreported);
    }

    private static FaultReason Check(PasidPrefix prefix, in ScalableContextEntry context)
    {
        if (!context.PageRequestEnable)
            return FaultReason.PageRequestDisabled;
        if (!prefix.IsPresent)
            return FaultReason.None;
        if (!context.PasidEnable)
            return FaultReason.PasidDisabled;
        return prefix.Pasid == context.RidPasid ? FaultReason.RidPasidInvalid : FaultReason.None;
    }

    private FaultReason CheckMode()
    {
        if (!_unit.Translator.IsEnabled)
            return FaultReason.PageRequestInLegacyMode;
        return _unit.Translator.Root.Mode switch
        {
            TranslationTableMode.Legacy => FaultReason.PageRequestInLegacyMode,
            TranslationTableMode.Scalable when _hasScalableMode => FaultReason.None,
            TranslationTableMode.AbortDma when _hasAbortMode => FaultReason.AbortDmaMode,
            _ => FaultReason.RootTableAddressInvalid,
        };
    }

    private void Enqueue(in PageRequestMessage message, in AddressSpaceContext space)
    {
        PageRequestQueueAddressRegister ring = new(_unit.Registers[RegisterOffsets.PageRequestQueueAddress]);
        ulong tail = Tail;
        ulong lastOffset = ring.SizeInBytes - 1;
        ulong next = (tail + PageRequestDescriptor.SizeInBytes) & lastOffset;
        if (next == Head)
        {
            if (!IsDroppedSilently(message))
                ReportOverflow();
            Drop(message, PageResponse.Success);
            return;
        }

        if (!TryWrite(ring.Queue + (tail & lastOffset), DescriptorOf(message)))
        {
            _unit.Report($"the page request queue at 0x{ring.Queue:X} cannot be written, because it is not in memory");
            Drop(message, PageResponse.InvalidRequest);
            return;
        }

        // Software will change the entries of the page, so cached entries must not survive the request.
        _unit.InvalidateForPageRequest(space, message.Address);
        Tail = next;
        _unit.Notify(UnitEventKind.PageRequestQueued, message.Requester, message.Prefix, message.Address, tail);
        NotifySoftware();
    }

    // While PPR is set, software was notified and reads the whole queue. No request is queued while PRO is set (VT-d 7.5).
    private void NotifySoftware()
    {
        PageRequestStatusRegister status = Status;
        if (status.PendingPageRequest)
            return;
        Status = status with { PendingPageRequest = true };
        _interrupt.Raise();
    }

    private void ReportOverflow()
    {
        PageRequestStatusRegister status = Status;
        Status = status with { PageRequestOverflow = true };
        if (!status.PendingPageRequest)
            _interrupt.Raise();
    }

    // With ECAP.SMS a stop marker that cannot be written is lost without a record and an overflow (VT-d 11.4.3). Without, the architecture defines nothing.
    private bool IsDroppedSilently(in PageRequestMessage message) => _hasStopMarkers && message.IsStopMarker;

    // A group with a dropped request stays incomplete, so the unit responds to its last request. A stop marker gets no response.
    private void Drop(in PageRequestMessage message, PageResponse code)
    {
        _unit.Notify(UnitEventKind.PageRequestDropped, message.Requester, message.Prefix, message.Address, (ulong)message.GroupIndex);
        if (!message.IsLast || message.IsStopMarker)
            return;
        PageGroupResponseMessage response = new(message.Requester, message.GroupIndex, (int)code, message.Prefix);
        _unit.Notify(UnitEventKind.AutomaticResponse, message.Requester, message.Prefix, (ulong)message.GroupIndex, (ulong)code);
        _unit.Port.Send(response);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryWrite(ulong address, in PageRequestDescriptor descriptor)
    {
        SparseMemory memory = _unit.Memory;
        Bits256 bits = descriptor.Bits;
        if (!memory.TryWriteUInt64(address, bits.Word0))
            return false;
        // RAM is aligned, so the other words of an entry are in RAM if the first is.
        memory.TryWriteUInt64(address + 8, bits.Word1);
        memory.TryWriteUInt64(address + 16, bits.Word2);
        memory.TryWriteUInt64(address + 24, bits.Word3);
        return true;
    }

    private void WithdrawHandledInterrupt()
    {
        if (Status is { PendingPageRequest: false, PageRequestOverflow: false })
            _interrupt.Withdraw();
    }

    // Inlined, so that the words of the descriptor stay in registers.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static PageRequestDescriptor DescriptorOf(in PageRequestMessage message) => new()
    {
        PasidPresent = message.Prefix.IsPresent,
        RequesterId = message.Requester,
        Pasid = message.Prefix.Pasid,
        ExecuteRequested = message.Prefix.ExecuteRequested,
        PrivilegedModeRequested = message.Prefix.PrivilegedModeRequested,
        Read = message.Read,
        Write = message.Write,
        LastPageInGroup = message.IsLast,
        GroupIndex = (ushort)message.GroupIndex,
        Address = message.Address & ~PageMask,
    };

    private static TranslationQuery QueryOf(in PageRequestMessage message) => new(
        message.Requester, message.Address, message.Prefix, WalkDemand.None, AddressType.Untranslated, FaultRequestType.PageRequest);
}
