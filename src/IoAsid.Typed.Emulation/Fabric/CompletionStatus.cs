namespace IoAsid.Typed.Emulation;

/// <summary>The completion status of a request (PCIe, Completion Status). A posted write has no completion: one that fails is dropped, and its sender is not notified.</summary>
internal enum CompletionStatus : byte
{
    /// <summary>The request succeeded.</summary>
    Success = 0,

    /// <summary>The request is blocked or not supported. A repetition fails again.</summary>
    UnsupportedRequest = 1,

    /// <summary>The completer had an error.</summary>
    CompleterAbort = 4,
}
