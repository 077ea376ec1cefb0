namespace IoAsid.Typed.Emulation;

/// <summary>The result of a group of page requests.</summary>
internal enum PageRequestResult
{
    /// <summary>The pages are present. The access can be repeated.</summary>
    Success,

    /// <summary>The pages are not available. A repetition would fail again.</summary>
    Refused,

    /// <summary>Page requests are disabled, or the interface stopped after a response failure.</summary>
    NotEnabled,

    /// <summary>The function abandoned the wait. The response can still arrive.</summary>
    Abandoned,

    /// <summary>The function was reset or removed.</summary>
    Aborted,
}
