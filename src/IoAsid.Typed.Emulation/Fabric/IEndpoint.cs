using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// The device end of a link: a function as the fabric sees it. Each call is one message that has arrived, in a step of hardware.
/// </summary>
internal interface IEndpoint
{
    /// <summary>The id on its requests.</summary>
    RequesterId RequesterId { get; }

    /// <summary>Its registers, without a link in front.</summary>
    IRegisterBlock RegisterFile { get; }

    /// <summary>How many portals for 64-byte commands it has.</summary>
    int PortalCount { get; }

    /// <summary>The completion of a memory read.</summary>
    /// <param name="tag">The tag of the request.</param>
    /// <param name="status">How it ended.</param>
    /// <param name="data">The bytes, if it succeeded; valid during the call.</param>
    void CompleteRead(int tag, CompletionStatus status, ReadOnlySpan<byte> data);

    /// <summary>The completion of an AtomicOp.</summary>
    /// <param name="tag">The tag of the request.</param>
    /// <param name="status">How it ended.</param>
    /// <param name="previous">What was there before, if it succeeded.</param>
    void CompleteAtomic(int tag, CompletionStatus status, ulong previous);

    /// <summary>The completion of a translation request.</summary>
    /// <param name="tag">The tag of the request.</param>
    /// <param name="status">How it ended.</param>
    /// <param name="entries">The translations, if it succeeded; valid during the call.</param>
    void CompleteTranslation(int tag, CompletionStatus status, ReadOnlySpan<TranslationEntry> entries);

    /// <summary>An invalidation.</summary>
    /// <param name="message">The message.</param>
    void Receive(in InvalidateRequestMessage message);

    /// <summary>The answer to a group of page requests.</summary>
    /// <param name="message">The message.</param>
    void Receive(in PageGroupResponseMessage message);

    /// <summary>A command that a processor posted. There is no answer; one that finds no room is dropped.</summary>
    /// <param name="portal">Which portal.</param>
    /// <param name="command">Its 64 bytes; valid during the call.</param>
    void AcceptPosted(int portal, ReadOnlySpan<byte> command);

    /// <summary>A command whose sender waits for an answer.</summary>
    /// <param name="portal">Which portal.</param>
    /// <param name="command">Its 64 bytes, PASID included; valid during the call.</param>
    /// <returns>Whether it was accepted; false asks to try again.</returns>
    bool TryAccept(int portal, ReadOnlySpan<byte> command);
}
