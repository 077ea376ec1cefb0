namespace IoAsid.Typed.Linux;

/// <summary>The options of a page table that the kernel fills from an address space.</summary>
public sealed record HwptOptions
{
    /// <summary>Gets a value indicating whether PASIDs can be attached to the table (Linux 6.15).</summary>
    public bool TakesPasids { get; init; }

    /// <summary>Gets a value indicating whether only devices whose IOMMU has dirty tracking can be attached.</summary>
    public bool RequiresDirtyTracking { get; init; }

    /// <summary>The queue for page requests; null if an access to an unmapped page is an error.</summary>
    public FaultQueue? FaultQueue { get; init; }
}
