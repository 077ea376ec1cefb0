namespace IoAsid.Typed.Iommu;

/// <summary>The data of an error that no caller receives as an exception.</summary>
/// <param name="subject">The object of the work that failed.</param>
/// <param name="error">The error.</param>
public sealed class IommuErrorEventArgs(object subject, Exception error) : EventArgs
{
    /// <summary>The object of the work that failed. Its text names it.</summary>
    public object Subject { get; } = subject;

    /// <summary>The error.</summary>
    public Exception Error { get; } = error;
}
