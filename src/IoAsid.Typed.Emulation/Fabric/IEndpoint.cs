using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// A function as the fabric sees it, at the device end of a link. Each call is a message that has arrived, in a step of hardware.
/// </summary>
internal interface IEndpoint
{
    /// <summary>The requester id.</summary>
    RequesterId RequesterId { get; }

    /// <summary>The registers, without the link.</summary>
    IRegisterBlock RegisterFile { get; }

    /// <summary>The number of portals for 64-byte commands.</summary>
    int PortalCount { get; }

    /// <summary>Receives the completion of a memory read.</summary>
    /// <param name="tag">The tag of the request.</param>
    /// <param name="status">The completion status.</param>
    /// <param name="data">The bytes, if the read succeeded. The span is valid during the call.</param>
    void CompleteRead(int tag, CompletionStatus status, ReadOnlySpan<byte> data);

    /// <summary>Receives the completion of an AtomicOp.</summary>
    /// <param name="tag">The tag of the request.</param>
    /// <param name="status">The completion status.</param>
    /// <param name="previous">The previous value in memory, if the AtomicOp succeeded.</param>
    void CompleteAtomic(int tag, CompletionStatus status, ulong previous);

    /// <summary>Receives the completion of a translation request.</summary>
    /// <param name="tag">The tag of the request.</param>
    /// <param name="status">The completion status.</param>
    /// <param name="entries">The translations, if the request succeeded. The span is valid during the call.</param>
    void CompleteTranslation(int tag, CompletionStatus status, ReadOnlySpan<TranslationEntry> entries);

    /// <summary>Receives an invalidation.</summary>
    /// <param name="message">The message.</param>
    void Receive(in InvalidateRequestMessage message);

    /// <summary>Receives the response to a page request group.</summary>
    /// <param name="message">The message.</param>
    void Receive(in PageGroupResponseMessage message);

    /// <summary>Accepts a command that a processor posted. The sender gets no answer. A command to a full queue is dropped.</summary>
    /// <param name="portal">The number of the portal.</param>
    /// <param name="command">The 64 bytes. The span is valid during the call.</param>
    void AcceptPosted(int portal, ReadOnlySpan<byte> command);

    /// <summary>Tries to accept a command whose sender waits for an answer.</summary>
    /// <param name="portal">The number of the portal.</param>
    /// <param name="command">The 64 bytes with the PASID. The span is valid during the call.</param>
    /// <returns>True if the command was accepted; false if the sender must retry.</returns>
    bool TryAccept(int portal, ReadOnlySpan<byte> command);
}
