using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;

namespace DeviceName;

/// <summary>The model of the device: it adds bytes in the memory of a process. Absent pages are requested and awaited.</summary>
public sealed class EmulatedDevice : EmulatedFunction
{
    private const int LargestPiece = 256;

    private readonly Block _registers;
    private readonly byte[] _piece = new byte[LargestPiece];
    private Pasid? _stopping;
    private StatusRegister _status;

    /// <summary>Creates a device that has nothing to do.</summary>
    /// <param name="context">The place of the device in the machine.</param>
    public EmulatedDevice(FunctionContext context)
        : base(context, new FunctionOptions()) => _registers = new Block(this);

    /// <inheritdoc/>
    protected override IRegisterBlock RegisterFile => _registers;

    /// <summary>Forgets all work after a reset or a removal.</summary>
    protected override void OnReset()
    {
        _status = default;
        _stopping = null;
        _registers.Forget();
    }

    /// <summary>Returns true if work for a PASID must not wait for pages: the PASID is being stopped.</summary>
    protected override bool IsAborting(PasidPrefix prefix) => prefix.IsPresent && prefix.Pasid == _stopping;

    private void Begin(CommandRegister command)
    {
        if (command.Stop)
        {
            _stopping = command.Pasid;
            AbandonPageRequests(command.Pasid);
        }

        if (_status.Busy)
            return;
        _status = new StatusRegister { Busy = true };
        Post($"{RequesterId} {(command.Stop ? "stops" : "adds")}", () => RunAsync(command));
    }

    private async Task RunAsync(CommandRegister command)
    {
        int resets = Resets;
        bool isRead = !command.Go || await AddAsync(new DmaSpace(new PasidPrefix(command.Pasid), MayBlock: true));
        // After a reset the registers belong to other work.
        if (Resets != resets)
            return;
        if (_stopping is { } stopped)
        {
            SendStopMarker(stopped);
            _stopping = null;
        }

        _status = new StatusRegister { Fault = !isRead };
    }

    private async Task<bool> AddAsync(DmaSpace space)
    {
        ulong sum = 0;
        for (ulong at = 0; at < _registers.Length; at += LargestPiece)
        {
            Memory<byte> piece = _piece.AsMemory(0, (int)Math.Min(LargestPiece, _registers.Length - at));
            DmaOutcome outcome = await Dma.ReadAsync(space, _registers.Source + at, piece);
            if (!outcome.IsSuccess)
                return false;
            foreach (byte value in piece.Span)
                sum += value;
        }

        _registers.Sum = sum;
        return true;
    }

    // The registers as the processor reaches them.
    private sealed class Block(EmulatedDevice device) : IRegisterBlock
    {
        public ulong Source { get; private set; }

        public ulong Length { get; private set; }

        public ulong Sum { get; set; }

        public uint Read32(uint offset) => (uint)Read64(offset);

        public void Write32(uint offset, uint value) => Write64(offset, value);

        public ulong Read64(uint offset) => offset switch
        {
            RegisterOffsets.Source => Source,
            RegisterOffsets.Length => Length,
            RegisterOffsets.Status => device._status.Bits,
            RegisterOffsets.Sum => Sum,
            _ => 0,
        };

        public void Write64(uint offset, ulong value)
        {
            if (offset == RegisterOffsets.Source)
                Source = value;
            else if (offset == RegisterOffsets.Length)
                Length = value;
            else if (offset == RegisterOffsets.Command)
                device.Begin(new CommandRegister(value));
        }

        public void Forget() => Source = Length = Sum = 0;
    }
}
