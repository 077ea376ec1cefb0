namespace IoAsid.Typed.Linux;

/// <summary>The state of a group of page requests.</summary>
internal enum RequestState
{
    /// <summary>The request was disposed.</summary>
    Ended,

    /// <summary>The device waits for the answer.</summary>
    Waiting,

    /// <summary>This program has answered.</summary>
    Answered,

    /// <summary>A detach, or the end of the queue, has answered with Invalid.</summary>
    AnsweredByDetach,
}
