using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;

namespace EduDriver;

/// <summary>QEMU's edu device (docs/specs/edu.rst) as an emulated function: a factorial, and a DMA between memory and a buffer of the device.</summary>
internal sealed class EmulatedEdu(FunctionContext context) : EmulatedFunction(context, s_options), IRegisterBlock
{
    private const ulong AddressMask = (1UL << EduRegisters.AddressBits) - 1;

    // A plain device: no PASIDs, no device TLB, no page requests, one interrupt.
    private static readonly FunctionOptions s_options = new() { PasidWidth = 0, InvalidateQueueDepth = 0, PageRequestCapacity = 0, InterruptEntries = 1 };
    private static readonly EduIdentification s_identification = new() { Magic = 0xED, Major = 1 };
    private static readonly TimeSpan s_timeOfWork = TimeSpan.FromMicroseconds(100);

    private readonly byte[] _buffer = new byte[EduRegisters.BufferLength];
    private uint _liveness;
    private uint _factorial;
    private uint _interruptStatus;
    private EduStatus _status;
    private ulong _source;
    private ulong _destination;
    private ulong _count;
    private EduCommand _command;

    protected override IRegisterBlock RegisterFile => this;

    public uint Read32(uint offset) => offset switch
    {
        EduRegisters.Identification => (uint)s_identification.Bits.Value,
        EduRegisters.Liveness => ~_liveness,
        EduRegisters.Factorial => _factorial,
        EduRegisters.Status => (uint)_status.Bits.Value,
        EduRegisters.InterruptStatus => _interruptStatus,
        EduRegisters.DmaCommand => (uint)_command.Bits.Value,
        >= EduRegisters.DmaSource => (uint)Read64(offset),
        _ => uint.MaxValue,
    };

    public ulong Read64(uint offset) => offset switch
    {
        EduRegisters.DmaSource => _source,
        EduRegisters.DmaDestination => _destination,
        EduRegisters.DmaCount => _count,
        EduRegisters.DmaCommand => _command.Bits.Value,
        _ => ulong.MaxValue,
    };

    public void Write32(uint offset, uint value)
    {
        switch (offset)
        {
            case EduRegisters.Liveness:
                _liveness = value;
                break;
            case EduRegisters.Factorial when !_status.IsComputing:
                _status = _status with { IsComputing = true };
                _ = ComputeAsync(value).AsTask();
                break;
            case EduRegisters.Status:
                _status = _status with { RaisesInterrupt = new EduStatus(value).RaisesInterrupt };
                break;
            case EduRegisters.InterruptRaise:
                Raise(value);
                break;
            case EduRegisters.InterruptAcknowledge:
                _interruptStatus &= ~value;
                break;
            case >= EduRegisters.DmaSource:
                Write64(offset, value);
                break;
        }
    }

    // The registers of a DMA keep their values during a DMA.
    public void Write64(uint offset, ulong value)
    {
        if (_command.Start)
            return;
        switch (offset)
        {
            case EduRegisters.DmaSource:
                _source = value;
                break;
            case EduRegisters.DmaDestination:
                _destination = value;
                break;
            case EduRegisters.DmaCount:
                _count = value;
                break;
            case EduRegisters.DmaCommand when new EduCommand((uint)value) is { Start: true } command:
                _command = command;
                _ = CopyAsync().AsTask();
                break;
        }
    }

    protected override void OnReset()
    {
        _status = default;
        _command = default;
        _interruptStatus = 0;
    }

    private async ValueTask ComputeAsync(uint number)
    {
        if (!await WorkAsync())
            return;
        uint result = 1;
        for (uint factor = 2; factor <= number; factor++)
            result = unchecked(result * factor);
        _factorial = result;
        _status = _status with { IsComputing = false };
        if (_status.RaisesInterrupt)
            Raise(EduRegisters.FactorialDone);
    }

    private async ValueTask CopyAsync()
    {
        if (!await WorkAsync())
            return;
        int resets = Resets;
        if (TryFindInBuffer(out Memory<byte> bytes))
        {
            if (_command.ToMemory)
                await Dma.WriteAsync(default, _destination & AddressMask, bytes);
            else
                await Dma.ReadAsync(default, _source & AddressMask, bytes);
        }

        if (resets != Resets)
            return;
        bool raises = _command.RaisesInterrupt;
        _command = _command with { Start = false };
        if (raises)
            Raise(EduRegisters.DmaDone);
    }

    // Returns false if the device was reset in between.
    private async ValueTask<bool> WorkAsync()
    {
        int resets = Resets;
        await Scheduler.Hardware.Delay(s_timeOfWork);
        return resets == Resets;
    }

    private bool TryFindInBuffer(out Memory<byte> bytes)
    {
        ulong offset = (_command.ToMemory ? _source : _destination) - EduRegisters.Buffer;
        bool isInside = offset < EduRegisters.BufferLength && _count <= EduRegisters.BufferLength - offset;
        bytes = isInside ? _buffer.AsMemory((int)offset, (int)_count) : default;
        return isInside;
    }

    private void Raise(uint interrupts)
    {
        _interruptStatus |= interrupts;
        SendInterrupt(0);
    }
}
