namespace OwnDevice;

/// <summary>The two queues of the network card.</summary>
public enum NicQueueKind
{
    /// <summary>Frames that the card reads from memory and sends.</summary>
    Send = 0,

    /// <summary>Buffers that the card fills with the frames that arrive.</summary>
    Receive = 1,
}
