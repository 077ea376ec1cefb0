namespace IoAsid.Typed.Linux;

/// <summary>A system call that the kernel refused. The message says what the error means for this call and what to do about it.</summary>
public sealed class SystemCallException : IOException
{
    internal SystemCallException(string call, Errno error, object? subject = null)
        : base(Describe(call, error, subject))
    {
        Call = call;
        Error = error;
        HResult = (int)error;
    }

    /// <summary>The call, such as <c>IOMMU_IOAS_MAP</c> or <c>open</c>.</summary>
    public string Call { get; }

    /// <summary>The error number.</summary>
    public Errno Error { get; }

    private static string Describe(string call, Errno error, object? subject) =>
        $"{call}{(subject is null ? "" : $" of {subject}")} failed with {SystemCallErrors.NameOf(error)} ({(int)error}). {SystemCallErrors.Explain(call, error)}";
}
