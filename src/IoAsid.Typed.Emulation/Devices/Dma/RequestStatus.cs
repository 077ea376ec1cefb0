namespace IoAsid.Typed.Emulation;

/// <summary>The result of a non-posted request of a function.</summary>
internal enum RequestStatus
{
    /// <summary>The completion was successful.</summary>
    Success,

    /// <summary>The completion reported an error.</summary>
    Refused,

    /// <summary>No completion is expected: the function was reset or removed.</summary>
    Aborted,
}
