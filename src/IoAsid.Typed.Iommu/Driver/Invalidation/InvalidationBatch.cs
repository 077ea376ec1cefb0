using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// Descriptors that are submitted to the invalidation queue together, in their order. Invalidations of device TLBs come after those of the unit's own caches
/// and a fence. Otherwise a device could translate again before the unit's caches are invalidated, and cache an old translation.
/// </summary>
internal sealed class InvalidationBatch
{
    private const int MaximumFirstStageOrder = 9;

    private readonly List<Bits256> _descriptors = new(8);
    private bool _needsFence;

    public IReadOnlyList<Bits256> Descriptors => _descriptors;

    public bool IsEmpty => _descriptors.Count == 0;

    public InvalidationBatch AllContexts() => AddCache(
        new ContextCacheInvalidation { Granularity = ContextInvalidationGranularity.Global }.Bits);

    public InvalidationBatch Context(RequesterId requester) => AddCache(new ContextCacheInvalidation
    {
        // A scalable-mode context entry has no domain, so the granularity is the device (VT-d 6.5.2.1).
        Granularity = ContextInvalidationGranularity.Device,
        SourceId = requester,
    }.Bits);

    public InvalidationBatch AllPasids() =>
        AddCache(new PasidCacheInvalidation { Granularity = PasidCacheGranularity.Global }.Bits);

    public InvalidationBatch Pasid(DomainId domain, Pasid pasid) => AddCache(new PasidCacheInvalidation
    {
        Granularity = PasidCacheGranularity.Pasid,
        DomainId = domain,
        Pasid = pasid,
    }.Bits);

    public InvalidationBatch Pasids(DomainId domain) =>
        AddCache(new PasidCacheInvalidation { Granularity = PasidCacheGranularity.Domain, DomainId = domain }.Bits);

    public InvalidationBatch AllTranslations() => AddCache(
        new IotlbInvalidation { Granularity = IotlbInvalidationGranularity.Global, DrainReads = true, DrainWrites = true }.Bits);

    public InvalidationBatch Domain(DomainId domain) => AddCache(new IotlbInvalidation
    {
        Granularity = IotlbInvalidationGranularity.Domain,
        DomainId = domain,
        DrainReads = true,
        DrainWrites = true,
    }.Bits);

    /// <summary>Invalidates pages of a second stage.</summary>
    /// <param name="domain">The domain id.</param>
    /// <param name="pages">The pages.</param>
    /// <param name="onlyLeaves">True if only leaf entries changed, so that paging-structure caches stay valid (VT-d 6.5.2.3, IH).</param>
    public InvalidationBatch DomainPages(DomainId domain, DeviceTlbRange pages, bool onlyLeaves)
    {
        IotlbInvalidation invalidation = new()
        {
            Granularity = IotlbInvalidationGranularity.Page,
            DomainId = domain,
            Address = pages.Address,
            AddressMask = (byte)pages.Order,
            DrainReads = true,
            DrainWrites = true,
        };
        if (onlyLeaves)
            invalidation = invalidation with { InvalidationHint = true };
        return AddCache(invalidation.Bits);
    }

    public InvalidationBatch PasidTranslations(DomainId domain, Pasid pasid) => AddCache(new PasidIotlbInvalidation
    {
        Granularity = PasidIotlbGranularity.Pasid,
        DomainId = domain,
        Pasid = pasid,
    }.Bits);

    /// <summary>Invalidates pages of a first stage.</summary>
    /// <param name="domain">The domain id.</param>
    /// <param name="pasid">The PASID.</param>
    /// <param name="pages">The pages.</param>
    /// <param name="onlyLeaves">True if only leaf entries changed, so that paging-structure caches stay valid (VT-d 6.5.2.4, IH).</param>
    public InvalidationBatch PasidPages(DomainId domain, Pasid pasid, DeviceTlbRange pages, bool onlyLeaves)
    {
        PasidIotlbInvalidation invalidation = new()
        {
            Granularity = PasidIotlbGranularity.Page,
            DomainId = domain,
            Pasid = pasid,
            Address = pages.Address,
            AddressMask = (byte)pages.Order,
        };
        if (onlyLeaves)
            invalidation = invalidation with { InvalidationHint = true };
        return AddCache(invalidation.Bits);
    }

    /// <summary>Invalidates pages of first-stage tables. Above an order, invalidating the whole PASID is cheaper.</summary>
    public InvalidationBatch FirstStage(DomainId domain, Pasid pasid, DeviceTlbRange pages, bool onlyLeaves) =>
        pages.Order > MaximumFirstStageOrder ? PasidTranslations(domain, pasid) : PasidPages(domain, pasid, pages, onlyLeaves);

    /// <summary>Invalidates pages in a device TLB, for requests without PASID.</summary>
    public InvalidationBatch DeviceTlb(in DeviceTlbTarget target, DeviceTlbRange pages)
    {
        (ulong address, bool size) = pages.Encode();
        return AddDeviceTlb(new DeviceTlbInvalidation
        {
            SourceId = target.Requester,
            PhysicalFunctionSourceId = target.PhysicalFunction,
            MaximumPending = (byte)(target.MaximumPending & 31),
            Address = address,
            Size = size,
        }.Bits);
    }

    /// <summary>Invalidates pages of a PASID in a device TLB.</summary>
    public InvalidationBatch DeviceTlb(in DeviceTlbTarget target, Pasid pasid, DeviceTlbRange pages)
    {
        (ulong address, bool size) = pages.Encode();
        return AddDeviceTlb(new PasidDeviceTlbInvalidation
        {
            SourceId = target.Requester,
            PhysicalFunctionSourceId = target.PhysicalFunction,
            MaximumPending = (byte)(target.MaximumPending & 31),
            Pasid = pasid,
            Address = address,
            Size = size,
        }.Bits);
    }

    /// <summary>Removes the device-TLB invalidations of a device that does not complete them.</summary>
    public void RemoveDeviceTlbInvalidations(RequesterId requester) =>
        _descriptors.RemoveAll(bits => TargetOf(new InvalidationDescriptor(bits)) == requester);

    /// <summary>Returns the device of a device-TLB invalidation, or null for other descriptors.</summary>
    public static RequesterId? TargetOf(InvalidationDescriptor descriptor) => descriptor.Type switch
    {
        InvalidationType.DeviceTlb => new DeviceTlbInvalidation(descriptor.Bits).SourceId,
        InvalidationType.PasidDeviceTlb => new PasidDeviceTlbInvalidation(descriptor.Bits).SourceId,
        _ => null,
    };

    private InvalidationBatch AddCache(Bits256 descriptor)
    {
        _descriptors.Add(descriptor);
        _needsFence = true;
        return this;
    }

    private InvalidationBatch AddDeviceTlb(Bits256 descriptor)
    {
        if (_needsFence)
            _descriptors.Add(new InvalidationWait { Fence = true }.Bits);
        _needsFence = false;
        _descriptors.Add(descriptor);
        return this;
    }
}
