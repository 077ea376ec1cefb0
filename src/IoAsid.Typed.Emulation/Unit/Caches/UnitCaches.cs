using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// The caches of a unit, and their invalidation (VT-d 6.2, 6.5). An invalidation removes the entries that the architecture requires. Software that invalidates
/// too little gets stale translations.
/// </summary>
internal sealed class UnitCaches(int contextCapacity, int iotlbCapacity, int structureCapacity)
{
    /// <summary>Legacy context entries, by requester.</summary>
    public TaggedCache<RequesterKey, AddressSpaceContext> LegacyContexts { get; } = new(contextCapacity);

    /// <summary>Scalable-mode context entries, by requester.</summary>
    public TaggedCache<RequesterKey, ScalableContextEntry> Contexts { get; } = new(contextCapacity);

    /// <summary>PASID entries, by requester and PASID.</summary>
    public TaggedCache<RequesterKey, AddressSpaceContext> Pasids { get; } = new(contextCapacity);

    /// <summary>Whole translations.</summary>
    public TranslationCache Iotlb { get; } = new(iotlbCapacity);

    /// <summary>The paging-structure caches of the first stage, by domain, PASID and address; null in a unit without them.</summary>
    public StructureCache? FirstStageStructures { get; } = structureCapacity == 0 ? null : new(structureCapacity);

    /// <summary>The paging-structure caches of the second stage, by domain and address; null in a unit without them.</summary>
    public StructureCache? SecondStageStructures { get; } = structureCapacity == 0 ? null : new(structureCapacity);

    /// <summary>Invalidates all entries of all caches.</summary>
    public void InvalidateAll()
    {
        InvalidateContexts();
        Pasids.Clear();
        InvalidateTranslations();
    }

    /// <summary>Invalidates all translations and all paging entries (VT-d Table 23, global).</summary>
    public void InvalidateTranslations()
    {
        Iotlb.Clear();
        FirstStageStructures?.Clear();
        SecondStageStructures?.Clear();
    }

    /// <summary>Invalidates the translations and the paging entries of a domain (VT-d Table 23, domain-selective).</summary>
    public void InvalidateDomain(DomainId domain)
    {
        Iotlb.InvalidateDomain(domain);
        FirstStageStructures?.InvalidateDomain(domain);
        SecondStageStructures?.InvalidateDomain(domain);
    }

    /// <summary>
    /// Invalidates the translations of a range of a second stage, and the paging entries that lead to them (VT-d Table 23, page-selective within a domain). All
    /// first-stage and nested translations of the domain are invalidated.
    /// </summary>
    /// <param name="domain">The domain id.</param>
    /// <param name="address">An input address of the second stage in the range.</param>
    /// <param name="shift">The binary logarithm of the size of the range in bytes, 12 or more. The range is aligned to its size.</param>
    /// <param name="onlyLeaves">The invalidation hint: true if paging entries of the second stage stay.</param>
    public void InvalidateDomainPages(DomainId domain, ulong address, int shift, bool onlyLeaves)
    {
        Iotlb.InvalidateDomainPages(domain, address, shift);
        FirstStageStructures?.InvalidateDomain(domain);
        if (!onlyLeaves)
            SecondStageStructures?.InvalidatePages(domain, default, address, shift);
    }

    /// <summary>Invalidates the translations of one PASID in a domain, and the paging entries of its first stage (VT-d Table 24, PASID-selective).</summary>
    public void InvalidatePasid(DomainId domain, Pasid pasid)
    {
        Iotlb.InvalidatePasid(domain, pasid);
        FirstStageStructures?.InvalidatePasid(domain, pasid);
    }

    /// <summary>
    /// Invalidates the translations of a range of a first stage, and the paging entries that lead to them (VT-d Table 24, page-selective within a PASID).
    /// </summary>
    /// <param name="domain">The domain id.</param>
    /// <param name="pasid">The PASID.</param>
    /// <param name="address">An input address of the first stage in the range.</param>
    /// <param name="shift">The binary logarithm of the size of the range in bytes, 12 or more. The range is aligned to its size.</param>
    /// <param name="onlyLeaves">The invalidation hint: true if paging entries stay.</param>
    public void InvalidatePages(DomainId domain, Pasid pasid, ulong address, int shift, bool onlyLeaves)
    {
        Iotlb.InvalidatePages(domain, pasid, address, shift);
        if (!onlyLeaves)
            FirstStageStructures?.InvalidatePages(domain, pasid, address, shift);
    }

    /// <summary>Invalidates all context entries.</summary>
    public void InvalidateContexts()
    {
        LegacyContexts.Clear();
        Contexts.Clear();
    }

    /// <summary>Invalidates the context entries of a domain. Scalable-mode entries have no domain, so all of them are invalidated.</summary>
    public void InvalidateContexts(DomainId domain)
    {
        LegacyContexts.RemoveWhere(new OfDomain(domain));
        Contexts.Clear();
    }

    /// <summary>Invalidates the context entries of requesters in a domain. The domain applies to legacy mode only.</summary>
    /// <param name="domain">The domain id.</param>
    /// <param name="requester">The requester.</param>
    /// <param name="mask">The bits of the requester id that are ignored.</param>
    public void InvalidateContexts(DomainId domain, RequesterId requester, ushort mask)
    {
        LegacyContexts.RemoveWhere(new OfRequesterInDomain(domain, requester, mask));
        Contexts.RemoveWhere(new OfRequester(requester, mask));
    }

    /// <summary>Invalidates the PASID entries of a domain.</summary>
    public void InvalidatePasidEntries(DomainId domain) => Pasids.RemoveWhere(new OfDomain(domain));

    /// <summary>Invalidates the PASID entries of one PASID in a domain.</summary>
    public void InvalidatePasidEntries(DomainId domain, Pasid pasid) => Pasids.RemoveWhere(new OfPasidInDomain(domain, pasid));

    [StructLayout(LayoutKind.Auto)]
    private readonly struct OfDomain(DomainId domain) : ICacheCondition<RequesterKey, AddressSpaceContext>
    {
        public bool Holds(RequesterKey key, in AddressSpaceContext value) => value.Domain == domain;
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly struct OfPasidInDomain(DomainId domain, Pasid pasid) : ICacheCondition<RequesterKey, AddressSpaceContext>
    {
        public bool Holds(RequesterKey key, in AddressSpaceContext value) => key.Pasid == pasid && value.Domain == domain;
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly struct OfRequesterInDomain(DomainId domain, RequesterId requester, ushort mask) : ICacheCondition<RequesterKey, AddressSpaceContext>
    {
        public bool Holds(RequesterKey key, in AddressSpaceContext value) =>
            value.Domain == domain && key.Requester.Matches(requester, mask);
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly struct OfRequester(RequesterId requester, ushort mask) : ICacheCondition<RequesterKey, ScalableContextEntry>
    {
        public bool Holds(RequesterKey key, in ScalableContextEntry value) => key.Requester.Matches(requester, mask);
    }
}
