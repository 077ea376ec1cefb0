using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// The domain ids of a unit, which tag cached translations. Id 0 is never used, because it is reserved with CAP.CM. All first-stage tables share id 1, because
/// their PASIDs distinguish them (Linux 6.12 <c>FLPT_DEFAULT_DID</c>). Each second stage has an id of its own.
/// </summary>
internal sealed class DomainIds(int count)
{
    /// <summary>The domain id of all first-stage tables that are not nested.</summary>
    public static readonly DomainId FirstStage = new(1);

    private readonly SortedSet<ushort> _returned = [];
    private int _next = FirstStage.Value + 1;

    /// <summary>The number of allocated ids.</summary>
    public int InUse => _next - FirstStage.Value - 1 - _returned.Count;

    /// <summary>Allocates the lowest freed id, or a new one.</summary>
    /// <exception cref="IommuException">All ids are in use.</exception>
    public DomainId Allocate()
    {
        if (_returned.Count > 0)
        {
            ushort lowest = _returned.Min;
            _returned.Remove(lowest);
            return new DomainId(lowest);
        }

        if (_next == count)
            throw new IommuException(IommuError.Busy, $"All {count} domain ids of the unit are in use. Detach a domain first.");
        return new DomainId((ushort)_next++);
    }

    /// <summary>Frees an id. No cache may have translations with this id.</summary>
    public void Free(DomainId domain) => _returned.Add(domain.Value);
}
