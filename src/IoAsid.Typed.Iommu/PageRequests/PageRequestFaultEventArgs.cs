namespace IoAsid.Typed.Iommu;

/// <summary>The data of an error during the service of a group of page requests.</summary>
/// <param name="group">The group. Its response is Invalid Request.</param>
/// <param name="error">The error.</param>
public sealed class PageRequestFaultEventArgs(PageRequestGroup group, Exception error) : EventArgs
{
    /// <summary>The group. Its response is Invalid Request.</summary>
    public PageRequestGroup Group { get; } = group;

    /// <summary>The error.</summary>
    public Exception Error { get; } = error;
}
