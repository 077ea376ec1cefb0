namespace IoAsid.Typed.Iommu;

/// <summary>The counters of a guest, which <see cref="GuestStatistics"/> reports.</summary>
internal sealed class GuestCounts
{
    public long Refused { get; set; }

    public long Invalidations { get; set; }

    public long InvalidationErrors { get; set; }

    public long Forwarded { get; set; }

    public long LateResponses { get; set; }

    public long RefusedResponses { get; set; }

    public GuestStatistics ToStatistics() => new(Refused, Invalidations, InvalidationErrors, Forwarded, LateResponses, RefusedResponses);
}
