namespace IoAsid.Typed.Iommu;

/// <summary>The data of a reported fault.</summary>
/// <param name="fault">The fault.</param>
public sealed class DmaFaultEventArgs(DmaFault fault) : EventArgs
{
    /// <summary>The fault.</summary>
    public DmaFault Fault { get; } = fault;
}
