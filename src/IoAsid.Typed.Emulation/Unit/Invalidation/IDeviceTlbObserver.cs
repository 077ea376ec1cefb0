using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>The observer of device-TLB invalidations.</summary>
internal interface IDeviceTlbObserver
{
    /// <summary>Receives the end of a completion message. Its invalidations are complete.</summary>
    void CompletionReceived();

    /// <summary>Receives a completed invalidation, as it was sent.</summary>
    void InvalidationCompleted(in InvalidateRequestMessage invalidation);

    /// <summary>Receives the device of an invalidation that exceeded its timeout. The invalidation is no longer outstanding.</summary>
    void InvalidationTimedOut(RequesterId device);

    /// <summary>Receives the device of a completion whose invalidation was not outstanding.</summary>
    void UnexpectedCompletionReceived(RequesterId device);
}
