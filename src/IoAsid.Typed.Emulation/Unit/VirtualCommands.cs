using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// The virtual command interface, through which a guest's driver requests PASIDs from the hypervisor (VT-d 11.4.16, in the newer layout of VCMD_REG and
/// VCRSP_REG). A command takes a step. A command that is written while another is in progress is lost.
/// </summary>
internal sealed class VirtualCommands
{
    // Bits of the operand above the PASID are unused (VT-d Table 54).
    private const ulong PasidBits = Pasid.Count - 1;

    private readonly UnitParts _unit;
    private readonly SortedSet<uint> _free = [];
    private readonly uint _pasids;
    private readonly Action _step;
    private uint _next = 1;

    public VirtualCommands(UnitParts unit)
    {
        _unit = unit;
        _pasids = unit.Options.VirtualCommandPasids;
        _step = Step;
    }

    private VirtualCommandResponseRegister Response
    {
        get => new(_unit.Registers[RegisterOffsets.VirtualCommandResponse]);
        set => _unit.Registers[RegisterOffsets.VirtualCommandResponse] = value.Bits;
    }

    // A command that VCCAP does not report is undefined (VT-d 11.4.16.3).
    private VirtualCommandCapabilityRegister Supported => new(_unit.Registers[RegisterOffsets.VirtualCommandCapability]);

    /// <summary>Starts the command of a write to VCMD_REG.</summary>
    public void Start(RegisterWrite write)
    {
        if (Response.InProgress)
        {
            _unit.Registers[RegisterOffsets.VirtualCommand] = write.Before;
            return;
        }

        // The opcode is in the low half, so a write to the low half starts a command.
        if (!write.Covers(0))
            return;
        Response = new VirtualCommandResponseRegister { InProgress = true };
        _unit.Scheduler.Post(_step);
    }

    /// <summary>Restores operand B after a write while a command is in progress, because the operand belongs to the command (VT-d 11.4.16.2).</summary>
    public void RestoreOperand(RegisterWrite write)
    {
        if (Response.InProgress)
            _unit.Registers[RegisterOffsets.VirtualCommandOperand] = write.Before;
    }

    private void Step()
    {
        VirtualCommandRegister command = new(_unit.Registers[RegisterOffsets.VirtualCommand]);
        Response = command.Command switch
        {
            VirtualCommand.None => default,
            VirtualCommand.AllocatePasid when Supported.PasidAllocation => Allocate(),
            VirtualCommand.FreePasid when Supported.PasidFreeing => Free(command.Operand & PasidBits),
            _ => Failed(VirtualCommandStatus.UndefinedCommand),
        };
        _unit.Notify(UnitEventKind.Command, RegisterOffsets.VirtualCommand, command.Bits);
    }

    private VirtualCommandResponseRegister Allocate()
    {
        uint number = _next;
        if (_free.Count > 0)
            _free.Remove(number = _free.Min);
        else if (_next > _pasids)
            return Failed(VirtualCommandStatus.PasidUnavailable);
        else
            _next++;
        return new VirtualCommandResponseRegister { Result = number };
    }

    private VirtualCommandResponseRegister Free(ulong number)
    {
        bool allocated = number > 0 && number < _next && _free.Add((uint)number);
        return allocated ? default : Failed(VirtualCommandStatus.PasidUnavailable);
    }

    private static VirtualCommandResponseRegister Failed(VirtualCommandStatus status) => new() { Status = status };
}
