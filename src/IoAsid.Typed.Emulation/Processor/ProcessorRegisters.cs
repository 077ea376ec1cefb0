using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>Registers as processors see them: hardware may work before each access.</summary>
internal sealed class ProcessorRegisters(ProcessorBus bus, string name, IRegisterBlock registers) : IRegisterBlock
{
    public uint Read32(uint offset)
    {
        bus.BeforeAccess();
        return registers.Read32(offset);
    }

    public ulong Read64(uint offset)
    {
        bus.BeforeAccess();
        return registers.Read64(offset);
    }

    public void Write32(uint offset, uint value)
    {
        bus.BeforeAccess();
        registers.Write32(offset, value);
        bus.Wrote(name, offset, sizeof(uint), value);
    }

    public void Write64(uint offset, ulong value)
    {
        bus.BeforeAccess();
        registers.Write64(offset, value);
        bus.Wrote(name, offset, sizeof(ulong), value);
    }
}
