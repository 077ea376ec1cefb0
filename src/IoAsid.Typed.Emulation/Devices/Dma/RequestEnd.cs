namespace IoAsid.Typed.Emulation;

/// <summary>How a request of a function ended.</summary>
internal enum RequestEnd
{
    /// <summary>With what was asked for.</summary>
    Success,

    /// <summary>With an error.</summary>
    Refused,

    /// <summary>Not at all: the function was reset or pulled out.</summary>
    Aborted,
}
