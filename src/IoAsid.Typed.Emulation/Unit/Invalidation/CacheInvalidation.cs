using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// The invalidation of the unit's caches by descriptors and registers. Each method returns the actual granularity. Bits of domain ids that the unit does not have
/// are ignored, and so are bits of second-stage addresses at and above MGAW.
/// </summary>
internal sealed class CacheInvalidation(VtdCapabilities capabilities, UnitCaches caches)
{
    private readonly ushort _domainMask = (ushort)(capabilities.NumberOfDomains - 1);
    private readonly ulong _guestAddressMask = ulong.MaxValue >> 64 - capabilities.MaximumGuestAddressWidth;

    /// <summary>Invalidates context entries (VT-d 6.5.2.1, CCMD).</summary>
    /// <returns>The actual granularity; invalid if the requested one does not exist.</returns>
    public ContextInvalidationGranularity InvalidateContexts(
        ContextInvalidationGranularity granularity, DomainId domain, RequesterId requester, ushort ignoredBits)
    {
        switch (granularity)
        {
            case ContextInvalidationGranularity.Global:
                caches.InvalidateContexts();
                break;
            case ContextInvalidationGranularity.Domain:
                caches.InvalidateContexts(MaskDomain(domain));
                break;
            case ContextInvalidationGranularity.Device:
                caches.InvalidateContexts(MaskDomain(domain), requester, ignoredBits);
                break;
            default:
                return ContextInvalidationGranularity.Invalid;
        }

        return granularity;
    }

    /// <summary>Invalidates translations and paging entries by domain and address (VT-d 6.5.2.3, IOTLB). Pages are input pages; with nested translation, of the second stage.</summary>
    /// <param name="granularity">The granularity.</param>
    /// <param name="domain">The domain id.</param>
    /// <param name="address">The first page.</param>
    /// <param name="addressMask">The binary logarithm of the number of pages.</param>
    /// <param name="onlyLeaves">The invalidation hint: software changed leaf entries only.</param>
    /// <returns>The actual granularity; invalid if the requested one does not exist, the unit lacks it (CAP.PSI), or the range exceeds CAP.MAMV.</returns>
    public IotlbInvalidationGranularity InvalidateTranslations(
        IotlbInvalidationGranularity granularity, DomainId domain, ulong address, int addressMask, bool onlyLeaves)
    {
        switch (granularity)
        {
            case IotlbInvalidationGranularity.Global:
                caches.InvalidateTranslations();
                return granularity;
            case IotlbInvalidationGranularity.Domain:
                caches.InvalidateDomain(MaskDomain(domain));
                return granularity;
            case IotlbInvalidationGranularity.Page when capabilities.PageSelectiveInvalidation && addressMask <= capabilities.MaximumAddressMask:
                caches.InvalidateDomainPages(MaskDomain(domain), address & _guestAddressMask, 12 + addressMask, onlyLeaves);
                return granularity;
            default:
                return IotlbInvalidationGranularity.Invalid;
        }
    }

    /// <summary>
    /// Invalidates translations and first-stage paging entries of a PASID. By pages, it invalidates only first-stage and nested translations (VT-d 6.5.2.4).
    /// CAP.PSI and CAP.MAMV do not limit it.
    /// </summary>
    /// <param name="granularity">The granularity.</param>
    /// <param name="domain">The domain id.</param>
    /// <param name="pasid">The PASID.</param>
    /// <param name="address">The first page.</param>
    /// <param name="addressMask">The binary logarithm of the number of pages.</param>
    /// <param name="onlyLeaves">The invalidation hint: software changed leaf entries only.</param>
    /// <returns>True if the granularity exists; false if nothing was invalidated.</returns>
    public bool InvalidatePasidTranslations(
        PasidIotlbGranularity granularity, DomainId domain, Pasid pasid, ulong address, int addressMask, bool onlyLeaves)
    {
        switch (granularity)
        {
            case PasidIotlbGranularity.Pasid:
                caches.InvalidatePasid(MaskDomain(domain), pasid);
                return true;
            case PasidIotlbGranularity.Page:
                caches.InvalidatePages(MaskDomain(domain), pasid, address, 12 + addressMask, onlyLeaves);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Invalidates PASID entries (VT-d 6.5.2.2).</summary>
    /// <returns>True if the granularity exists; false if nothing was invalidated.</returns>
    public bool InvalidatePasidEntries(PasidCacheGranularity granularity, DomainId domain, Pasid pasid)
    {
        switch (granularity)
        {
            case PasidCacheGranularity.Global:
                caches.Pasids.Clear();
                return true;
            case PasidCacheGranularity.Domain:
                caches.InvalidatePasidEntries(MaskDomain(domain));
                return true;
            case PasidCacheGranularity.Pasid:
                caches.InvalidatePasidEntries(MaskDomain(domain), pasid);
                return true;
            default:
                return false;
        }
    }

    private DomainId MaskDomain(DomainId domain) => new((ushort)(domain.Value & _domainMask));
}
