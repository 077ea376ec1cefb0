namespace IoAsid.Typed.DmaEngine;

/// <summary>The capabilities of a DMA engine.</summary>
[BitLayout("CAPABILITIES", 64, Access = RegisterAccess.ReadOnly)]
public readonly partial record struct DmaEngineCapabilities
{
    /// <summary>The number of work queues, which is also the number of portals.</summary>
    [Bits("QUEUES", 0, 7)] public partial int Queues { get; init; }

    /// <summary>The number of descriptors that the engine executes at a time.</summary>
    [Bits("ENGINES", 8, 15)] public partial int Engines { get; init; }

    /// <summary>The largest number of descriptors that wait in a queue. A sender to a dedicated queue must count them.</summary>
    [Bits("DEPTH", 16, 31)] public partial int QueueDepth { get; init; }
}
