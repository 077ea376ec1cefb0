namespace IoAsid.Typed.Emulation;

/// <summary>A message in flight on a link. The fabric reuses the object, and queues pass the reference, because copies of a message are slow.</summary>
internal sealed class InFlight
{
    private FabricMessage _message;

    /// <summary>The message. The reference is valid until <see cref="Fabric.End"/>.</summary>
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
