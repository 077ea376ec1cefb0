namespace IoAsid.Typed.DmaEngine;

/// <summary>A work descriptor of a DMA engine.</summary>
[BitLayout("DMA descriptor", 512)]
public readonly partial record struct DmaDescriptor
{
    /// <summary>The PASID in a command. An ENQCMD replaces it, and a dedicated queue ignores it.</summary>
    [Bits("PASID", 0, 19)] public partial Pasid Pasid { get; init; }

    /// <summary>Gets a value indicating whether the command is privileged. An ENQCMD replaces the value, and a dedicated queue ignores it.</summary>
    [Bits("PRIV", 31)] public partial bool IsPrivileged { get; init; }

    /// <summary>The operation.</summary>
    [Bits("OPERATION", 32, 39)] public partial DmaOperation Operation { get; init; }

    /// <summary>The options of the operation.</summary>
    [Bits("FLAGS", 40, 47)] public partial DmaDescriptorFlags Flags { get; init; }

    /// <summary>The interrupt entry of the function that signals the completion.</summary>
    [Bits("INTERRUPT", 48, 63)] public partial int InterruptEntry { get; init; }

    /// <summary>The address of the <see cref="DmaCompletionRecord"/>, a multiple of its size.</summary>
    [Bits("COMPLETION", 64, 127)] public partial ulong CompletionRecord { get; init; }

    /// <summary>The address that is read.</summary>
    [Bits("SOURCE", 128, 191)] public partial ulong Source { get; init; }

    /// <summary>The address that is written, or the second operand of a compare.</summary>
    [Bits("DESTINATION", 192, 255)] public partial ulong Destination { get; init; }

    /// <summary>The number of bytes.</summary>
    [Bits("LENGTH", 256, 287)] public partial uint Length { get; init; }

    /// <summary>The PASID of the destination, if the queue allows descriptors to name one.</summary>
    [Bits("DESTINATION_PASID", 288, 307)] public partial Pasid DestinationPasid { get; init; }

    /// <summary>The pattern of a fill, or the summand of an addition.</summary>
    [Bits("OPERAND", 320, 383)] public partial ulong Operand { get; init; }
}

/// <summary>The options of a descriptor.</summary>
[Flags]
public enum DmaDescriptorFlags
{
    /// <summary>No option.</summary>
    None = 0,

    /// <summary>The engine writes a completion record when the descriptor is complete.</summary>
    RequestCompletion = 1,

    /// <summary>The engine sends an interrupt when the descriptor is complete, after the completion record.</summary>
    RequestInterrupt = 2,

    /// <summary>The engine requests a page that is not present and waits for it. Without this option the descriptor ends with an error.</summary>
    BlockOnFault = 4,

    /// <summary>The descriptor begins after all descriptors that the same queue accepted before are complete.</summary>
    Fence = 8,
}

/// <summary>The operation of a descriptor.</summary>
public enum DmaOperation
{
    /// <summary>Completes without another action.</summary>
    NoOperation = 0,

    /// <summary>Waits until all descriptors that the same queue accepted before are complete.</summary>
    Drain = 1,

    /// <summary>Copies from the source to the destination.</summary>
    Copy = 2,

    /// <summary>Fills the destination with the 8 bytes of the operand.</summary>
    Fill = 3,

    /// <summary>
    /// Compares the source with the destination. The result is 0 if they are equal and 1 if they differ. The number of completed bytes is then the offset of
    /// the first difference.
    /// </summary>
    Compare = 4,

    /// <summary>Adds the operand to the 8 bytes at the destination as an AtomicOp. The completion record has the value before the addition.</summary>
    AtomicAdd = 5,

    /// <summary>Copies from the source to the destination in the address space of another PASID.</summary>
    MoveBetween = 6,
}
