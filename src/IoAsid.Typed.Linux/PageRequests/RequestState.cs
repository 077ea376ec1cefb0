namespace IoAsid.Typed.Linux;

/// <summary>The state of a group of page requests.</summary>
internal enum RequestState
{
    /// <summary>The request was disposed.</summary>
    Ended,

    /// <summary>The device waits for the response.</summary>
    Waiting,

    /// <summary>This program has responded.</summary>
    Responded,

    /// <summary>A detach, or the end of the queue, has responded with Invalid.</summary>
    RejectedByDetach,
}
