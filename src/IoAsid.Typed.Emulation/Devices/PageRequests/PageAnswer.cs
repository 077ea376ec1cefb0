namespace IoAsid.Typed.Emulation;

/// <summary>What became of a group of page requests.</summary>
internal enum PageAnswer
{
    /// <summary>The pages are there: try again.</summary>
    Success,

    /// <summary>They are not, and asking again is of no use.</summary>
    Refused,

    /// <summary>Page requests are not, or no longer, enabled, or the interface stopped after a failure.</summary>
    NotEnabled,

    /// <summary>Nobody waits for it any more, although it is still to come.</summary>
    GivenUp,

    /// <summary>The function was reset or pulled out.</summary>
    Aborted,
}
