using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using IoAsid.Typed.DmaEngine;

namespace IoAsid.Typed.Emulation;

/// <summary>An execution unit of a DMA engine. It executes one descriptor at a time.</summary>
/// <remarks>For <c>ConfigureAwait(false)</c> see <see cref="DmaMaster"/>.</remarks>
internal sealed class Worker
{
    private const int MaxPieceLength = 4096;
    private const DmaDescriptorFlags KnownFlags = DmaDescriptorFlags.RequestCompletion | DmaDescriptorFlags.RequestInterrupt
        | DmaDescriptorFlags.BlockOnFault | DmaDescriptorFlags.Fence;

    private readonly EmulatedDmaEngine _engine;
    private readonly DmaMaster _dma;
    private readonly byte[] _piece = new byte[MaxPieceLength];
    private readonly byte[] _other = new byte[MaxPieceLength];
    private readonly byte[] _record = new byte[DmaCompletionRecord.SizeInBytes];
    private readonly Func<uint, int, ValueTask<DmaOutcome>> _copyPiece;
    private readonly Func<uint, int, ValueTask<DmaOutcome>> _fillPiece;
    private readonly Func<uint, int, ValueTask<DmaOutcome>> _comparePiece;
    private WorkItem _item;
    private uint _done;
    private bool _isDifferent;
    private ulong _found;

    public Worker(EmulatedDmaEngine engine, DmaMaster dma)
    {
        _engine = engine;
        _dma = dma;
        _copyPiece = CopyPieceAsync;
        _fillPiece = FillPieceAsync;
        _comparePiece = ComparePieceAsync;
    }

    /// <summary>Gets a value indicating whether the worker executes an item.</summary>
    public bool IsBusy { get; private set; }

    /// <summary>The current item, while the worker is busy.</summary>
    public ref readonly WorkItem Item => ref _item;

    private DmaSpace Space => new(_item.Prefix, Has(DmaDescriptorFlags.BlockOnFault));

    private DmaSpace DestinationSpace =>
        _item.Descriptor.Operation == DmaOperation.MoveBetween ? Space with { Prefix = DestinationPrefix } : Space;

    private PasidPrefix DestinationPrefix => new(_item.Descriptor.DestinationPasid, privileged: _item.Prefix.PrivilegedModeRequested);

    /// <summary>Starts the worker. An exception from here is an error of the emulation and ends the run.</summary>
    public async void Run()
    {
        while (true)
        {
            while (!_engine.TryDequeue(out _item))
                await _engine.Changed.WaitAsync().ConfigureAwait(false);
            IsBusy = true;
            await WorkAsync().ConfigureAwait(false);
            IsBusy = false;
            _engine.Changed.Raise();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WorkAsync()
    {
        int resets = _engine.Resets;
        _done = 0;
        _isDifferent = false;
        _found = 0;
        if (Has(DmaDescriptorFlags.Fence) || _item.Descriptor.Operation == DmaOperation.Drain)
        {
            while (_engine.HasEarlierWork(_item) && _engine.Resets == resets)
                await _engine.Changed.WaitAsync().ConfigureAwait(false);
        }

        DmaOutcome outcome = await ExecuteAsync().ConfigureAwait(false);
        if (_engine.Resets == resets && !outcome.IsDiscarded)
            await ReportAsync(outcome).ConfigureAwait(false);
    }

    private bool Has(DmaDescriptorFlags flag) => (_item.Descriptor.Flags & flag) != DmaDescriptorFlags.None;

    private ValueTask<DmaOutcome> ExecuteAsync()
    {
        if (_engine.IsAborting(_item))
            return new ValueTask<DmaOutcome>(new DmaOutcome(DmaStatus.Aborted));
        if (!IsValid())
            return new ValueTask<DmaOutcome>(new DmaOutcome(DmaStatus.InvalidDescriptor));
        return _item.Descriptor.Operation switch
        {
            DmaOperation.Copy or DmaOperation.MoveBetween => PieceByPieceAsync(_copyPiece),
            DmaOperation.Fill => PieceByPieceAsync(_fillPiece),
            DmaOperation.Compare => PieceByPieceAsync(_comparePiece),
            DmaOperation.AtomicAdd => AddAsync(),
            _ => new ValueTask<DmaOutcome>(DmaOutcome.Success),
        };
    }

    private bool IsValid()
    {
        DmaQueueConfiguration queue = _item.Queue.Configuration;
        DmaDescriptor descriptor = _item.Descriptor;
        return descriptor.Operation is >= DmaOperation.NoOperation and <= DmaOperation.MoveBetween
            && (descriptor.Flags & ~KnownFlags) == DmaDescriptorFlags.None
            && (queue.MayBlockOnFault || !Has(DmaDescriptorFlags.BlockOnFault))
            && descriptor.CompletionRecord % DmaCompletionRecord.SizeInBytes == 0
            && (descriptor.Operation != DmaOperation.AtomicAdd || descriptor.Destination % sizeof(ulong) == 0)
            && (descriptor.Operation != DmaOperation.MoveBetween || queue.MayNamePasid && _item.Prefix.IsPresent);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<DmaOutcome> PieceByPieceAsync(Func<uint, int, ValueTask<DmaOutcome>> work)
    {
        uint length = _item.Descriptor.Length;
        while (_done < length && !_isDifferent)
        {
            if (_engine.IsAborting(_item))
                return new DmaOutcome(DmaStatus.Aborted);
            int piece = (int)Math.Min(MaxPieceLength, length - _done);
            DmaOutcome outcome = await work(_done, piece).ConfigureAwait(false);
            if (!outcome.IsSuccess)
                return outcome;
            if (!_isDifferent)
                _done += (uint)piece;
        }

        return DmaOutcome.Success;
    }

    private uint Ahead(uint offset, int length) => _item.Descriptor.Length - offset - (uint)length;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<DmaOutcome> CopyPieceAsync(uint offset, int length)
    {
        Memory<byte> piece = _piece.AsMemory(0, length);
        uint ahead = Ahead(offset, length);
        DmaOutcome outcome = await _dma.ReadAsync(Space, _item.Descriptor.Source + offset, piece, ahead).ConfigureAwait(false);
        return outcome.IsSuccess
            ? await _dma.WriteAsync(DestinationSpace, _item.Descriptor.Destination + offset, piece, ahead).ConfigureAwait(false)
            : outcome;
    }

    private ValueTask<DmaOutcome> FillPieceAsync(uint offset, int length)
    {
        Span<byte> piece = _piece.AsSpan(0, length);
        Span<byte> pattern = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(pattern, _item.Descriptor.Operand);
        for (int at = 0; at < length; at++)
            piece[at] = pattern[at % sizeof(ulong)];
        return _dma.WriteAsync(Space, _item.Descriptor.Destination + offset, _piece.AsMemory(0, length), Ahead(offset, length));
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<DmaOutcome> ComparePieceAsync(uint offset, int length)
    {
        uint ahead = Ahead(offset, length);
        Memory<byte> piece = _piece.AsMemory(0, length);
        Memory<byte> other = _other.AsMemory(0, length);
        DmaOutcome outcome = await _dma.ReadAsync(Space, _item.Descriptor.Source + offset, piece, ahead).ConfigureAwait(false);
        if (outcome.IsSuccess)
            outcome = await _dma.ReadAsync(Space, _item.Descriptor.Destination + offset, other, ahead).ConfigureAwait(false);

        if (!outcome.IsSuccess)
            return outcome;
        int same = piece.Span.CommonPrefixLength(other.Span);
        _isDifferent = same != length;
        if (_isDifferent)
            _done += (uint)same;
        return outcome;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<DmaOutcome> AddAsync()
    {
        (DmaOutcome outcome, _found) =
            await _dma.AddAsync(Space, _item.Descriptor.Destination, _item.Descriptor.Operand).ConfigureAwait(false);
        return outcome;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask ReportAsync(DmaOutcome outcome)
    {
        if (Has(DmaDescriptorFlags.RequestCompletion) && _item.Descriptor.CompletionRecord % DmaCompletionRecord.SizeInBytes == 0)
        {
            new DmaCompletionRecord
            {
                Status = outcome.Status,
                Result = (byte)(_isDifferent ? 1 : 0),
                BytesCompleted = _done,
                FaultAddress = outcome.Address,
                Value = _found,
            }.WriteBytes(_record);
            outcome = await _dma.WriteAsync(Space, _item.Descriptor.CompletionRecord, _record).ConfigureAwait(false);
            if (outcome.IsDiscarded)
                return;
        }

        if (!outcome.IsSuccess)
            _engine.Report(_item.Queue, _item.Prefix, outcome);
        if (Has(DmaDescriptorFlags.RequestInterrupt))
            _engine.Interrupt(_item.Descriptor.InterruptEntry);
    }
}
