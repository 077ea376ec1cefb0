namespace IoAsid.Typed.Iommu;

/// <summary>The data of a failure during a disposal. The disposal continued.</summary>
/// <param name="subject">The object that could not be torn down.</param>
/// <param name="error">The error.</param>
public sealed class TearDownFailedEventArgs(object subject, Exception error) : EventArgs
{
    /// <summary>The object that could not be torn down. Hardware may still use it, so its PASIDs and its memory are not used again.</summary>
    public object Subject { get; } = subject;

    /// <summary>The error.</summary>
    public Exception Error { get; } = error;
}
