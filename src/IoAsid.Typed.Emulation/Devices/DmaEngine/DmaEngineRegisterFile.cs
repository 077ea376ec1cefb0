using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// The registers of a DMA engine. A 4-byte write to the upper half is latched. The following write to the lower half takes effect together with the latched
/// value.
/// </summary>
internal sealed class DmaEngineRegisterFile(EmulatedDmaEngine engine, WorkQueue[] queues, PasidCommand command) : IRegisterBlock
{
    private const uint UpperHalf = 4;

    private DmaEngineError _error;
    private ulong _errorAddress;
    private uint _latchedOffset = uint.MaxValue;
    private uint _latched;

    public uint Read32(uint offset) => (uint)(Read64(offset & ~UpperHalf) >> (int)(offset & UpperHalf) * 8);

    public ulong Read64(uint offset) => offset switch
    {
        DmaEngineRegisters.Capabilities => Capabilities.Bits,
        DmaEngineRegisters.Command => command.Last.Bits,
        DmaEngineRegisters.CommandStatus => command.Status.Bits,
        DmaEngineRegisters.Error => _error.Bits,
        DmaEngineRegisters.ErrorAddress => _errorAddress,
        _ => ReadQueue(offset),
    };

    public void Write32(uint offset, uint value)
    {
        if ((offset & UpperHalf) != 0)
        {
            _latchedOffset = offset & ~UpperHalf;
            _latched = value;
            return;
        }

        uint upper = _latchedOffset == offset ? _latched : (uint)(Read64(offset) >> 32);
        _latchedOffset = uint.MaxValue;
        Write64(offset, (ulong)upper << 32 | value);
    }

    public void Write64(uint offset, ulong value)
    {
        if (offset == DmaEngineRegisters.Command)
            command.Begin(new DmaEngineCommand(value));
        else if (offset == DmaEngineRegisters.Error)
            _error = default;
        else if (QueueAt(offset) is { } queue && offset == DmaEngineRegisters.QueueConfiguration(queue.Number))
            queue.Configuration = new DmaQueueConfiguration(value);
    }

    /// <summary>Records an error. The first error stays until software clears it; later errors set the overflow flag.</summary>
    public void Report(WorkQueue queue, PasidPrefix prefix, in DmaOutcome outcome)
    {
        if (_error.IsValid)
        {
            _error = _error with { Overflow = true };
            return;
        }

        _error = new DmaEngineError
        {
            IsValid = true,
            Status = outcome.Status,
            Queue = queue.Number,
            HasPasid = prefix.IsPresent,
            Pasid = prefix.Pasid,
        };
        _errorAddress = outcome.Address;
    }

    public void Reset()
    {
        _error = default;
        _errorAddress = 0;
        _latchedOffset = uint.MaxValue;
    }

    private DmaEngineCapabilities Capabilities => new()
    {
        Queues = engine.Options.Queues,
        Engines = engine.Options.Engines,
        QueueDepth = engine.Options.QueueDepth,
    };

    private ulong ReadQueue(uint offset)
    {
        if (QueueAt(offset) is not { } queue)
            return 0;
        return offset == DmaEngineRegisters.QueueConfiguration(queue.Number) ? queue.Configuration.Bits
            : offset == DmaEngineRegisters.QueueOccupancy(queue.Number) ? (ulong)queue.Count
            : 0;
    }

    private WorkQueue? QueueAt(uint offset)
    {
        if (offset < DmaEngineRegisters.QueueConfiguration(0))
            return null;
        uint number = (offset - DmaEngineRegisters.QueueConfiguration(0)) / DmaEngineRegisters.QueueStride;
        return number < queues.Length ? queues[number] : null;
    }
}
