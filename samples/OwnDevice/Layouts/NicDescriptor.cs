using IoAsid.Typed.Layouts;

namespace OwnDevice;

/// <summary>A frame, or a buffer for one. The driver writes it to the ring, and the card writes it back on completion.</summary>
[BitLayout("NIC descriptor", 128)]
public readonly partial record struct NicDescriptor
{
    /// <summary>ADDRESS: the first byte, in the address space of the queue's PASID.</summary>
    [Bits("ADDRESS", 0, 63)] public partial ulong Address { get; init; }

    /// <summary>LENGTH: the bytes of the frame or of the buffer. In a completed buffer, the bytes of its frame.</summary>
    [Bits("LENGTH", 64, 79)] public partial int Length { get; init; }

    /// <summary>STATUS: the result, or 0 while the card owns the descriptor.</summary>
    [Bits("STATUS", 80, 87)] public partial NicStatus Status { get; init; }
}
