using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>Registers as processors see them. Hardware steps can run before each access.</summary>
internal sealed class ProcessorRegisters(ProcessorBus bus, string name, IRegisterBlock registers) : IRegisterBlock
{
    // Consecutive reads of one register after which the processor is considered to be polling.
    private const int ReadsOfPolling = 64;

    private uint _lastRead;
    private int _repetitions;

    public uint Read32(uint offset)
    {
        BeforeRead(offset);
        return registers.Read32(offset);
    }

    public ulong Read64(uint offset)
    {
        BeforeRead(offset);
        return registers.Read64(offset);
    }

    public void Write32(uint offset, uint value)
    {
        bus.BeforeAccess();
        registers.Write32(offset, value);
        bus.NotifyWritten(name, offset, sizeof(uint), value);
    }

    public void Write64(uint offset, ulong value)
    {
        bus.BeforeAccess();
        registers.Write64(offset, value);
        bus.NotifyWritten(name, offset, sizeof(ulong), value);
    }

    private void BeforeRead(uint offset)
    {
        bus.BeforeAccess();
        _repetitions = offset == _lastRead ? _repetitions + 1 : 0;
        _lastRead = offset;
        if (_repetitions >= ReadsOfPolling)
            bus.BeforePoll();
    }
}
