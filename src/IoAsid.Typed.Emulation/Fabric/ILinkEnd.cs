namespace IoAsid.Typed.Emulation;

/// <summary>The receiver of the messages of a link.</summary>
internal interface ILinkEnd
{
    /// <summary>Receives a message. The receiver returns the payload to the pool.</summary>
    void Receive(in FabricMessage message, byte[]? payload);
}
