namespace IoAsid.Typed.Emulation;

/// <summary>Is told what happens to messages. It must change nothing.</summary>
internal interface IFabricObserver
{
    /// <summary>A message was sent.</summary>
    /// <param name="message">The message.</param>
    void Sent(in FabricMessage message)
    {
    }

    /// <summary>A message arrives: what it leads to has not happened yet.</summary>
    /// <param name="message">The message.</param>
    void Arriving(in FabricMessage message)
    {
    }

    /// <summary>A posted write was dropped by the unit; its sender does not learn it.</summary>
    /// <param name="message">The write.</param>
    /// <param name="status">Why.</param>
    void Dropped(in FabricMessage message, CompletionStatus status)
    {
    }

    /// <summary>A message was for a function that is not there, or no longer.</summary>
    /// <param name="message">The message.</param>
    void Lost(in FabricMessage message)
    {
    }
}
