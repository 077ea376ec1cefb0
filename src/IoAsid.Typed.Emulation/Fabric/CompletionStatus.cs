namespace IoAsid.Typed.Emulation;

/// <summary>How a request ended (PCIe, Completion Status). A posted write that fails is dropped: only the unit and the checker know.</summary>
internal enum CompletionStatus
{
    /// <summary>Done.</summary>
    Success = 0,

    /// <summary>Not done, and never will be: blocked, or unsupported.</summary>
    UnsupportedRequest = 1,

    /// <summary>Not done: the completer met an error.</summary>
    CompleterAbort = 4,
}
