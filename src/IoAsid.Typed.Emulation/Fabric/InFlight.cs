namespace IoAsid.Typed.Emulation;

/// <summary>A message in flight on a link. The fabric reuses these objects, because a message is too long for copies from queue to queue.</summary>
internal sealed class InFlight
{
    private FabricMessage _message;

    /// <summary>The message. The reference is valid until the message has arrived.</summary>
    public ref readonly FabricMessage Message => ref _message;

    /// <summary>The payload, from the fabric's pool, or null.</summary>
    public byte[]? Payload { get; private set; }

    /// <summary>The number of posted messages that were sent on the link before the message.</summary>
    public long PostedBefore { get; set; }

    public void Set(in FabricMessage message, long number, byte[]? payload)
    {
        _message = message with { Number = number };
        Payload = payload;
    }
}
