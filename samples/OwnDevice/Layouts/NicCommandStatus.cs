using IoAsid.Typed.Layouts;

namespace OwnDevice;

/// <summary>The progress of a command.</summary>
[BitLayout("NIC_COMMAND_STATUS", 64)]
public readonly partial record struct NicCommandStatus
{
    /// <summary>BUSY: the command is active.</summary>
    [Bits("BUSY", 0)] public partial bool Busy { get; init; }
}
