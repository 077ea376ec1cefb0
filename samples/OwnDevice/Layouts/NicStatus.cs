namespace OwnDevice;

/// <summary>The result of a descriptor.</summary>
public enum NicStatus
{
    /// <summary>The card owns the descriptor.</summary>
    None = 0,

    /// <summary>The frame was sent or received.</summary>
    Done = 1,

    /// <summary>The address does not allow the access, or its page request was refused.</summary>
    Fault = 2,

    /// <summary>The frame arrived while no buffer was ready, or it was longer than the buffer.</summary>
    Dropped = 3,

    /// <summary>The queue was stopped.</summary>
    Stopped = 4,
}
