namespace IoAsid.Typed;

/// <summary>The kinds of fault in code that the space calls, or in its results.</summary>
public enum IoAsidFaultKind
{
    /// <summary>An observer threw. The other observers were notified.</summary>
    ObserverThrew,

    /// <summary>A custom allocator's allocate threw. The allocation failed and changed nothing.</summary>
    AllocatorThrew,

    /// <summary>A custom allocator returned a number outside the requested range or outside the space. The number was handed back unless it is in use, reserved or out of use.</summary>
    NumberOutOfRange,

    /// <summary>A custom allocator returned a number that is in use, reserved or out of use. The number is not handed back.</summary>
    NumberInUse,

    /// <summary>A custom allocator's free threw when an unusable number was handed back. Nothing else changed.</summary>
    HandBackFailed,

    /// <summary>A custom allocator's free threw when a number was returned. The allocator's owner may still use the number, so the space never uses it again.</summary>
    NumberQuarantined,

    /// <summary>All generations of a number are used up. The space never uses the number again.</summary>
    NumberRetired,
}

/// <summary>The arguments of <see cref="IoAsidSpace.Faulted"/>: a fault that no caller receives as an exception.</summary>
/// <param name="kind">The kind of fault.</param>
/// <param name="id">The number concerned, if any.</param>
/// <param name="exception">The exception that was thrown, if any.</param>
public sealed class IoAsidFaultEventArgs(IoAsidFaultKind kind, RawIoAsid? id, Exception? exception) : EventArgs
{
    /// <summary>The kind of fault.</summary>
    public IoAsidFaultKind Kind { get; } = kind;

    /// <summary>The number concerned, if any.</summary>
    public RawIoAsid? Id { get; } = id;

    /// <summary>The exception that was thrown, if any.</summary>
    public Exception? Exception { get; } = exception;

    /// <summary>Returns kind, number and exception in one line.</summary>
    public override string ToString() =>
        $"{Kind}{(Id is { } id ? $" of {id}" : "")}{(Exception is null ? "" : $": {Exception.GetType().Name}: {Exception.Message}")}";
}
