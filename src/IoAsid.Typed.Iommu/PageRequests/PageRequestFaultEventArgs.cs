namespace IoAsid.Typed.Iommu;

/// <summary>An error in whoever served a group of page requests.</summary>
/// <param name="group">The group, which was answered with Invalid Request.</param>
/// <param name="error">The error.</param>
public sealed class PageRequestFaultEventArgs(PageRequestGroup group, Exception error) : EventArgs
{
    /// <summary>The group, which was answered.</summary>
    public PageRequestGroup Group { get; } = group;

    /// <summary>The error.</summary>
    public Exception Error { get; } = error;
}
