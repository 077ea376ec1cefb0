using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// All that a unit remembers of its tables, and how it is made to forget (architecture 6.2, 6.5). Forgetting less than this would be a fault of the
/// unit; software that asks for less than it has to gets stale answers.
/// </summary>
internal sealed class UnitCaches(int contextCapacity, int iotlbCapacity)
{
    /// <summary>Legacy context entries, by requester.</summary>
    public TaggedCache<RequesterKey, AddressSpaceContext> LegacyContexts { get; } = new(contextCapacity);

    /// <summary>Scalable-mode context entries, by requester.</summary>
    public TaggedCache<RequesterKey, ScalableContextEntry> Contexts { get; } = new(contextCapacity);

    /// <summary>PASID entries, by requester and PASID.</summary>
    public TaggedCache<RequesterKey, AddressSpaceContext> Pasids { get; } = new(contextCapacity);

    /// <summary>Whole translations.</summary>
    public TranslationCache Iotlb { get; } = new(iotlbCapacity);

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        ClearContexts();
        Pasids.Clear();
        Iotlb.Clear();
    }

    /// <summary>Context-cache invalidation, global.</summary>
    public void ClearContexts()
    {
        LegacyContexts.Clear();
        Contexts.Clear();
    }

    /// <summary>Context-cache invalidation of a domain. Scalable-mode entries name no domain: all of them go.</summary>
    public void DropContexts(DomainId domain)
    {
        LegacyContexts.DropWhere(new OfDomain(domain));
        Contexts.Clear();
    }

    /// <summary>Context-cache invalidation of requesters in a domain; the domain means something in legacy mode only.</summary>
    /// <param name="domain">The domain id.</param>
    /// <param name="requester">The requester.</param>
    /// <param name="mask">The bits of it that do not matter: a set one matches either value.</param>
    public void DropContexts(DomainId domain, RequesterId requester, ushort mask)
    {
        LegacyContexts.DropWhere(new OfRequesterInDomain(domain, requester, mask));
        Contexts.DropWhere(new OfRequester(requester, mask));
    }

    /// <summary>PASID-cache invalidation of a domain.</summary>
    public void DropPasids(DomainId domain) => Pasids.DropWhere(new OfDomain(domain));

    /// <summary>PASID-cache invalidation of one PASID in a domain.</summary>
    public void DropPasids(DomainId domain, Pasid pasid) => Pasids.DropWhere(new OfPasidInDomain(domain, pasid));

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
