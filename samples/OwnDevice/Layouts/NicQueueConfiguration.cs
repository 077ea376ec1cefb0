using IoAsid.Typed.Hardware;
using IoAsid.Typed.Layouts;

namespace OwnDevice;

/// <summary>The configuration of a queue.</summary>
[BitLayout("NIC_QUEUE", 64)]
public readonly partial record struct NicQueueConfiguration
{
    /// <summary>EN: the queue works. Setting it empties the ring.</summary>
    [Bits("EN", 0)] public partial bool Enabled { get; init; }

    /// <summary>PASID: the address space of the ring and of the buffers.</summary>
    [Bits("PASID", 32, 51)] public partial Pasid Pasid { get; init; }
}
