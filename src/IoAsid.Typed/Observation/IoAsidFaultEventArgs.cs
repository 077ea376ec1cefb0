namespace IoAsid.Typed;

/// <summary>What went wrong in code that the space called, or in what it gave back.</summary>
public enum IoAsidFaultKind
{
    /// <summary>An observer threw. The others were told all the same.</summary>
    ObserverThrew,

    /// <summary>A custom allocator's allocate threw. The allocation failed and changed nothing.</summary>
    AllocatorThrew,

    /// <summary>A custom allocator gave a number outside the range asked for or outside the space. It was handed back unless it is live.</summary>
    NumberOutOfRange,

    /// <summary>A custom allocator gave a number that is in use. It was handed back unless it is live.</summary>
    NumberInUse,

    /// <summary>A custom allocator's free threw when a number that it should not have given was handed back. Nothing else changed.</summary>
    HandBackFailed,

    /// <summary>A custom allocator's free threw when it was to take a number back. Its owner may still use the number, so it is never used again.</summary>
    NumberQuarantined,

    /// <summary>All generations of a number are used up. It is never used again.</summary>
    NumberRetired,
}

/// <summary>Told by <see cref="IoAsidSpace.Faulted"/>: something is wrong that no caller could be told of.</summary>
/// <param name="kind">What went wrong.</param>
/// <param name="id">The number it is about, if any.</param>
/// <param name="exception">What was thrown, if anything.</param>
public sealed class IoAsidFaultEventArgs(IoAsidFaultKind kind, RawIoAsid? id, Exception? exception) : EventArgs
{
    /// <summary>What went wrong.</summary>
    public IoAsidFaultKind Kind { get; } = kind;

    /// <summary>The number it is about, if any.</summary>
    public RawIoAsid? Id { get; } = id;

    /// <summary>What was thrown, if anything.</summary>
    public Exception? Exception { get; } = exception;

    /// <summary>Kind, number and exception in one line.</summary>
    public override string ToString() =>
        $"{Kind}{(Id is { } id ? $" of {id}" : "")}{(Exception is null ? "" : $": {Exception.GetType().Name}: {Exception.Message}")}";
}
