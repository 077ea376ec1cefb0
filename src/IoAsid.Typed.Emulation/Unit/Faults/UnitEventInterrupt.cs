using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// An interrupt of the unit (fault, invalidation completion or page request event). It is pending until it can be sent, and is not sent while masked (VT-d 6.5.2.10, 7.3, 7.5).
/// Its four registers are consecutive: control, data, address, upper address.
/// </summary>
internal sealed class UnitEventInterrupt
{
    private readonly UnitRegisters _registers;
    private readonly IDownstreamPort _port;
    private readonly int _control;

    public UnitEventInterrupt(UnitRegisters registers, IDownstreamPort port, int controlOffset)
    {
        _registers = registers;
        _port = port;
        _control = controlOffset;
        registers.OnWrite(controlOffset, _ => SendIfAllowed());
    }

    private EventControlRegister Control
    {
        get => new(_registers[_control]);
        set => _registers[_control] = value.Bits;
    }

    /// <summary>Makes the interrupt pending, and sends it if it is not masked.</summary>
    public void Raise()
    {
        Control = Control with { InterruptPending = true };
        SendIfAllowed();
    }

    /// <summary>Clears a pending interrupt, because software has handled its cause.</summary>
    public void Withdraw() => Control = Control with { InterruptPending = false };

    private void SendIfAllowed()
    {
        if (!Control.InterruptPending || Control.InterruptMask)
            return;
        Withdraw();
        ulong address = _registers[_control + 8] | _registers[_control + 12] << 32;
        _port.Send(new InterruptMessage(address, (uint)_registers[_control + 4]));
    }
}
