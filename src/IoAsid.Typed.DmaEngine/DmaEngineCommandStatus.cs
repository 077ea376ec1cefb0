namespace IoAsid.Typed.DmaEngine;

/// <summary>The state of the command of a DMA engine.</summary>
[BitLayout("COMMAND_STATUS", 64, Access = RegisterAccess.ReadOnly)]
public readonly partial record struct DmaEngineCommandStatus
{
    /// <summary>Gets a value indicating whether a command is being executed.</summary>
    [Bits("ACTIVE", 0)] public partial bool IsActive { get; init; }

    /// <summary>
    /// Gets a value indicating whether the last command was unknown, or was written while another one was active.
    /// </summary>
    [Bits("REFUSED", 1)] public partial bool IsRefused { get; init; }
}
