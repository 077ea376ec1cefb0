namespace IoAsid.Typed.Emulation;

/// <summary>An observer of messages on the fabric. It must not change the machine.</summary>
internal interface IFabricObserver
{
    /// <summary>Receives a message that was sent.</summary>
    /// <param name="message">The message.</param>
    void Sent(in FabricMessage message)
    {
    }

    /// <summary>Receives a message that arrives, before the receiver handles it.</summary>
    /// <param name="message">The message.</param>
    void Arriving(in FabricMessage message)
    {
    }

    /// <summary>Receives a posted write that the unit dropped. The sender is not notified.</summary>
    /// <param name="message">The write.</param>
    /// <param name="status">The reason.</param>
    void Dropped(in FabricMessage message, CompletionStatus status)
    {
    }

    /// <summary>Receives a message to a function that is absent.</summary>
    /// <param name="message">The message.</param>
    void Lost(in FabricMessage message)
    {
    }
}
