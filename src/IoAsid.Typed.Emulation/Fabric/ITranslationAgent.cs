namespace IoAsid.Typed.Emulation;

/// <summary>
/// What the fabric delivers requests to: the remapping unit at the root of the hierarchy (PCIe's translation agent). Each call is
/// one transaction that has reached the unit; the fabric carries back what it returns. A call never runs code of a driver or of a
/// device.
/// </summary>
internal interface ITranslationAgent
{
    /// <summary>A memory read.</summary>
    /// <param name="request">The request, with <see cref="DmaAccess.Read"/> or <see cref="DmaAccess.ZeroLengthRead"/>. It may
    /// cross pages.</param>
    /// <param name="data">Takes the bytes; what was read before an error stays.</param>
    /// <returns>How it ended.</returns>
    CompletionStatus Read(in DmaRequest request, Span<byte> data);

    /// <summary>A posted memory write. One to the interrupt range without a PASID is an interrupt.</summary>
    /// <param name="request">The request, with <see cref="DmaAccess.Write"/>. It may cross pages.</param>
    /// <param name="data">The bytes; what was written before an error stays.</param>
    /// <returns>How it ended: for checkers and counters, a device does not learn it.</returns>
    CompletionStatus Write(in DmaRequest request, ReadOnlySpan<byte> data);

    /// <summary>An AtomicOp.</summary>
    /// <param name="request">The request, with <see cref="DmaAccess.Atomic"/>, aligned to the size.</param>
    /// <param name="operation">What is done.</param>
    /// <param name="size">4 or 8 bytes.</param>
    /// <param name="operand">The value to add or write.</param>
    /// <param name="comparand">What <see cref="AtomicOperation.CompareAndSwap"/> expects.</param>
    /// <param name="previous">What was there before.</param>
    /// <returns>How it ended.</returns>
    CompletionStatus Atomic(
        in DmaRequest request, AtomicOperation operation, int size, ulong operand, ulong comparand, out ulong previous);

    /// <summary>An ATS translation request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="entries">Takes the entries: each is for the page, of its size, behind the one of the entry before. At least
    /// one long.</param>
    /// <param name="count">How many entries the completion has.</param>
    /// <returns>Success with entries, or what the device gets instead of a translation.</returns>
    CompletionStatus Translate(in TranslationRequest request, Span<TranslationEntry> entries, out int count);

    /// <summary>A page request message.</summary>
    /// <param name="message">The message.</param>
    void Receive(in PageRequestMessage message);

    /// <summary>An invalidate completion message.</summary>
    /// <param name="message">The message.</param>
    void Receive(in InvalidateCompletionMessage message);
}
