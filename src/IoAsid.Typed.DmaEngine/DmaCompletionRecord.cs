namespace IoAsid.Typed.DmaEngine;

/// <summary>The completion of a descriptor. The DMA engine writes it in one write. Software clears the status before it submits the descriptor.</summary>
[BitLayout("DMA completion record", 256)]
public readonly partial record struct DmaCompletionRecord
{
    /// <summary>The result of the descriptor.</summary>
    [Bits("STATUS", 0, 7)] public partial DmaStatus Status { get; init; }

    /// <summary>The result of a compare: 0 if source and destination are equal, 1 if they differ.</summary>
    [Bits("RESULT", 8, 15)] public partial byte Result { get; init; }

    /// <summary>The number of bytes that were completed.</summary>
    [Bits("COMPLETED", 32, 63)] public partial uint BytesCompleted { get; init; }

    /// <summary>The address that could not be accessed.</summary>
    [Bits("FAULT", 64, 127)] public partial ulong FaultAddress { get; init; }

    /// <summary>The value in memory before an addition.</summary>
    [Bits("VALUE", 128, 191)] public partial ulong Value { get; init; }
}
