namespace IoAsid.Typed.DmaEngine;

/// <summary>A command to a DMA engine.</summary>
[BitLayout("COMMAND", 64)]
public readonly partial record struct DmaEngineCommand
{
    /// <summary>The command.</summary>
    [Bits("CODE", 0, 7)] public partial DmaEngineCommandCode Code { get; init; }

    /// <summary>The PASID of the command.</summary>
    [Bits("PASID", 32, 51)] public partial Pasid Pasid { get; init; }
}

/// <summary>The commands of a DMA engine. A command that is written while another one is active has no effect.</summary>
public enum DmaEngineCommandCode
{
    /// <summary>No command.</summary>
    None = 0,

    /// <summary>
    /// Completes each descriptor of a PASID that was accepted before, waits for all its requests and page requests, and sends a stop marker if page requests
    /// are enabled. Until then shared queues return retry to senders with the PASID. The driver prevents submissions to other queues.
    /// </summary>
    DrainPasid = 1,

    /// <summary>
    /// Like <see cref="DrainPasid"/>, but ends pending work with the status <see cref="DmaStatus.Aborted"/> and does not wait for responses to page requests.
    /// When the command is complete, earlier requests may still be in flight or in a queue, and their responses may still arrive. Software drains them before
    /// the PASID is used again.
    /// </summary>
    AbortPasid = 2,
}
