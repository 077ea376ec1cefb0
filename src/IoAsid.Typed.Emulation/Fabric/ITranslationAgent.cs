namespace IoAsid.Typed.Emulation;

/// <summary>
/// The receiver of the requests of devices: the remapping unit at the root of the hierarchy (in PCIe, the translation agent). Each call is a transaction
/// that has reached the unit. The fabric returns the result to the device. A call never runs code of a driver or of a device.
/// </summary>
internal interface ITranslationAgent
{
    /// <summary>Reads memory for a device.</summary>
    /// <param name="request">The request, with <see cref="DmaAccess.Read"/> or <see cref="DmaAccess.ZeroLengthRead"/>. It may cross pages.</param>
    /// <param name="data">Receives the bytes. After an error, the bytes before the failing page have been read.</param>
    /// <returns>The completion status.</returns>
    CompletionStatus Read(in DmaRequest request, Span<byte> data);

    /// <summary>Writes memory for a device. A write to the interrupt range without a PASID is an interrupt (VT-d 3.15).</summary>
    /// <param name="request">The request, with <see cref="DmaAccess.Write"/>. It may cross pages.</param>
    /// <param name="data">The bytes. After an error, the bytes before the failing page have been written.</param>
    /// <returns>The status, for observers. A write is posted, so the device does not receive the status.</returns>
    CompletionStatus Write(in DmaRequest request, ReadOnlySpan<byte> data);

    /// <summary>Executes an AtomicOp.</summary>
    /// <param name="request">The request, with <see cref="DmaAccess.Atomic"/>, aligned to the size.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="size">The size of the operand: 4 or 8 bytes.</param>
    /// <param name="operand">The value to add or write.</param>
    /// <param name="comparand">The value that <see cref="AtomicOperation.CompareAndSwap"/> expects.</param>
    /// <param name="previous">The previous value in memory.</param>
    /// <returns>The completion status.</returns>
    CompletionStatus Atomic(
        in DmaRequest request, AtomicOperation operation, int size, ulong operand, ulong comparand, out ulong previous);

    /// <summary>Handles an ATS translation request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="entries">Receives the entries of consecutive pages, each with its page size. At least one long.</param>
    /// <param name="count">The number of entries in the completion.</param>
    /// <returns>Success with entries, or the status that the device receives instead of a translation.</returns>
    CompletionStatus Translate(in TranslationRequest request, Span<TranslationEntry> entries, out int count);

    /// <summary>Receives a page request message.</summary>
    /// <param name="message">The message.</param>
    void Receive(in PageRequestMessage message);

    /// <summary>Receives an invalidate completion message.</summary>
    /// <param name="message">The message.</param>
    void Receive(in InvalidateCompletionMessage message);
}
