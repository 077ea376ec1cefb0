using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// One of the unit's own interrupts (fault, invalidation, page request): pending until it can be sent, held back while masked (architecture 7.4).
/// Its four registers lie side by side: control, data, address, upper address.
/// </summary>
internal sealed class EventInterrupt
{
    private readonly UnitRegisters _registers;
    private readonly IDownstreamPort _port;
    private readonly int _control;

    public EventInterrupt(UnitRegisters registers, IDownstreamPort port, int controlOffset)
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

    /// <summary>Something happened that software asked to be told of.</summary>
    public void Raise()
    {
        Control = Control with { InterruptPending = true };
        SendIfAllowed();
    }

    /// <summary>What was to be told has been seen to: a pending interrupt is dropped.</summary>
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
