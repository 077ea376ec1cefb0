using System.Runtime.CompilerServices;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// An emulated Intel VT-d remapping unit of the revision in its capabilities. Software drives it like hardware, by registers, tables in memory, queues and
/// interrupts. Not thread-safe: all calls come from steps of one scheduler. No call runs code of a driver or of a device.
/// </summary>
/// <remarks>
/// The unit has no interrupt remapping and posting, protected memory regions, advanced fault log, memory types, enhanced commands and performance monitoring.
/// The use of one of them is reported.
/// </remarks>
internal sealed class VtdUnit : IEmulatedUnit, IDisposable
{
    private const int PageSize = 4096;

    private readonly UnitParts _parts;
    private readonly UnitRegisters _registers;
    private readonly Translator _translator;
    private readonly UnitInvalidationQueue _queue;
    private readonly UnitObservers _observers = new();
    private readonly SparseMemory _memory;

    /// <summary>Creates a unit in the state after reset: translation and queues are disabled.</summary>
    /// <param name="options">The capabilities and capacities.</param>
    /// <param name="context">The connections to the machine.</param>
    /// <exception cref="ArgumentException">The options contradict each other or the architecture. The message names the capability and the bit.</exception>
    public VtdUnit(UnitOptions options, UnitContext context)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(context);
        UnitOptionsCheck.Check(options);
        Name = context.Name;
        Options = options;
        _memory = context.Memory;
        _registers = new UnitRegisters(UnitOptionsCheck.PlaceRegisters(options));
        TableMemory tables = new(context.Memory, _observers);
        UnitCaches caches = new(options.ContextCapacity, options.IotlbCapacity, options.Caching ? options.StructureCapacity : 0);
        _translator = new Translator(options, tables, caches);
        UnitEventInterrupt faultInterrupt = new(_registers, context.Downstream, RegisterOffsets.FaultEventControl);
        _parts = new UnitParts
        {
            Options = options,
            Memory = context.Memory,
            Scheduler = context.Scheduler,
            Port = context.Downstream,
            Registers = _registers,
            Tables = tables,
            Caches = caches,
            Translator = _translator,
            Faults = new FaultRecorder(options, _registers, faultInterrupt),
            InvalidationInterrupt = new UnitEventInterrupt(_registers, context.Downstream, RegisterOffsets.InvalidationEventControl),
            Observers = _observers,
        };
        CacheInvalidation invalidation = new(options.Capabilities, caches);
        _queue = new UnitInvalidationQueue(_parts, invalidation);
        _parts.PageRequests = new UnitPageRequestQueue(
            _parts, new UnitEventInterrupt(_registers, context.Downstream, RegisterOffsets.PageRequestEventControl), _queue);
        UnitCommands commands = new(_parts, _queue, invalidation);
        _registers.OnWrite(RegisterOffsets.GlobalCommand, commands.ExecuteGlobalCommand);
        _registers.OnWrite(RegisterOffsets.ContextCommand, _ => commands.ExecuteContextCommand());
        _registers.OnWrite(options.Capabilities.IotlbOffset + 8, _ => commands.ExecuteIotlbCommand());
        VirtualCommands virtualCommands = new(_parts);
        _registers.OnWrite(RegisterOffsets.VirtualCommand, virtualCommands.Start);
        _registers.OnWrite(RegisterOffsets.VirtualCommandOperand, virtualCommands.RestoreOperand);
    }

    /// <summary>The display name.</summary>
    public string Name { get; }

    /// <summary>The capabilities and capacities.</summary>
    public UnitOptions Options { get; }

    /// <inheritdoc/>
    public IRegisterBlock Registers => _registers;

    /// <summary>Adds an observer, until the returned object is disposed.</summary>
    public IDisposable Observe(IUnitObserver observer) => _observers.Add(observer);

    /// <inheritdoc/>
    public CompletionStatus Read(in DmaRequest request, Span<byte> data)
    {
        if (data.IsEmpty)
            return ReadZeroLength(request);
        ulong address = request.Address;
        while (!data.IsEmpty)
        {
            Translation translation = Translate(request with { Address = address });
            if (translation.Kind == TranslationKind.Interrupt)
                return BlockInterrupt(request with { Address = address });
            if (translation.Kind == TranslationKind.Blocked)
                return CompletionStatus.UnsupportedRequest;
            int length = LengthInPage(translation, address, data.Length);
            if (!_memory.TryRead(translation.Address, data[..length]))
                return CompletionStatus.UnsupportedRequest;
            data = data[length..];
            address += (ulong)length;
        }

        return CompletionStatus.Success;
    }

    /// <inheritdoc/>
    public CompletionStatus Write(in DmaRequest request, ReadOnlySpan<byte> data)
    {
        ulong address = request.Address;
        while (!data.IsEmpty)
        {
            Translation translation = Translate(request with { Address = address });
            if (translation.Kind == TranslationKind.Blocked)
                return CompletionStatus.UnsupportedRequest;
            int length = LengthInPage(translation, address, data.Length);
            if (translation.Kind == TranslationKind.Interrupt)
            {
                if (!TrySendInterrupt(address, data[..length]))
                    return BlockInterrupt(request with { Address = address });
            }
            else if (!_memory.TryWrite(translation.Address, data[..length]))
            {
                return CompletionStatus.UnsupportedRequest;
            }

            data = data[length..];
            address += (ulong)length;
        }

        return CompletionStatus.Success;
    }

    /// <inheritdoc/>
    public CompletionStatus Atomic(
        in DmaRequest request, AtomicOperation operation, int size, ulong operand, ulong comparand, out ulong previous)
    {
        previous = 0;
        if (size is not (4 or 8) || request.Address % (ulong)size != 0)
            return CompletionStatus.UnsupportedRequest;
        Translation translation = Translate(request);
        if (translation.Kind == TranslationKind.Interrupt)
            return BlockInterrupt(request);
        if (translation.Kind == TranslationKind.Blocked)
            return CompletionStatus.UnsupportedRequest;
        return AtomicAccess.TryExecute(_memory, translation.Address, operation, size, operand, comparand, out previous)
            ? CompletionStatus.Success
            : CompletionStatus.UnsupportedRequest;
    }

    /// <inheritdoc/>
    public CompletionStatus Translate(in TranslationRequest request, Span<TranslationEntry> entries, out int count)
    {
        count = 0;
        if (!Options.Capabilities.DeviceTlb || request.Pages <= 0 || entries.IsEmpty)
            return CompletionStatus.UnsupportedRequest;
        bool noWrite = request.NoWrite && Options.Capabilities.NoWriteFlag;
        ulong address = request.Address;
        do
        {
            TranslationQuery query = TranslationQuery.Of(request with { Address = address, NoWrite = noWrite });
            Translation translation = _translator.Translate(query);
            _observers.Notified?.Translated(query, translation);
            CompletionStatus status = TranslationCompletion.Of(translation, query, out TranslationEntry entry);
            if (count > 0 && (status != CompletionStatus.Success || entry.PageShift != entries[0].PageShift))
                break;
            if (status != CompletionStatus.Success || TranslationCompletion.IsRecordedWithData(translation.Reason))
                _parts.Block(query, translation);
            if (status != CompletionStatus.Success)
                return status;
            entries[count++] = entry;
            address = (address >> entry.PageShift) + 1 << entry.PageShift;
        }
        while (count < entries.Length && address - request.Address < (ulong)request.Pages * PageSize);

        return CompletionStatus.Success;
    }

    /// <inheritdoc/>
    public void Receive(in PageRequestMessage message)
    {
        if (Options.Capabilities.PageRequests)
            _parts.PageRequests.Receive(message);
        else
            _parts.Report($"{message.Requester} sent a page request to a unit without ECAP.PRS");
    }

    /// <inheritdoc/>
    public void Receive(in InvalidateCompletionMessage message)
    {
        if (_translator.IsEnabled)
            _queue.Receive(message);
        else
            _parts.Report($"{message.Requester} completed a device-TLB invalidation while translation is disabled: the unit does not support the message then");
    }

    /// <inheritdoc/>
    public void Dispose() => _queue.Dispose();

    // Translates a request without caches, records, and updates of memory.
    internal Translation Peek(in TranslationQuery query) => _translator.Peek(query);

    // The parts, for the checker and for diagnostics.
    internal UnitParts Parts => _parts;

    internal Translation Translate(in DmaRequest request)
    {
        TranslationQuery query = TranslationQuery.Of(request);
        Translation translation = _translator.Translate(query);
        if (_observers.Notified is { } observer)
            Notify(observer, query, translation);
        if (translation.Kind == TranslationKind.Blocked)
            _parts.Block(query, translation);
        return translation;
    }

    // The translation is passed by value, so that it stays in registers without an observer.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Notify(IUnitObserver observer, in TranslationQuery query, Translation translation) => observer.Translated(query, translation);

    // A zero-length read needs no right if CAP.ZLR is set. In the interrupt range it succeeds.
    private CompletionStatus ReadZeroLength(in DmaRequest request)
    {
        DmaAccess access = Options.Capabilities.ZeroLengthRead ? DmaAccess.ZeroLengthRead : DmaAccess.Read;
        return Translate(request with { Access = access }).Kind == TranslationKind.Blocked ? CompletionStatus.UnsupportedRequest : CompletionStatus.Success;
    }

    // Of requests without PASID to the interrupt range, only writes of one doubleword are interrupts (VT-d 3.15).
    private CompletionStatus BlockInterrupt(in DmaRequest request)
    {
        if (_translator.IsEnabled)
            _parts.Block(TranslationQuery.Of(request), Translation.Blocked(FaultReason.InterruptRangeRequest, unreported: false));
        return CompletionStatus.UnsupportedRequest;
    }

    // Returns the length up to the end of the page, or up to the interrupt range if that begins inside the page.
    private static int LengthInPage(in Translation translation, ulong address, int wanted)
    {
        ulong left = (1UL << translation.PageShift) - (address & ((1UL << translation.PageShift) - 1));
        if (translation.Address < InterruptRange.First)
            left = Math.Min(left, InterruptRange.First - translation.Address);
        return left < (ulong)wanted ? (int)left : wanted;
    }

    // A write across the boundary of a doubleword is longer than one doubleword on the bus.
    private bool TrySendInterrupt(ulong address, ReadOnlySpan<byte> data)
    {
        if (data.Length != sizeof(uint) || address % sizeof(uint) != 0)
            return false;
        _parts.Port.Send(new InterruptMessage(address, System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(data)));
        return true;
    }
}
