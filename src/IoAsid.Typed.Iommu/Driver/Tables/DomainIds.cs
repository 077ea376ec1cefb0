using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// The domain ids of a unit: tags of what its caches hold. 0 stays unused (reserved with CAP.CM), 1 is shared by all first-stage tables, which are told apart
/// by PASID (Linux FLPT_DEFAULT_DID); each second stage has one of its own.
/// </summary>
internal sealed class DomainIds(int count)
{
    /// <summary>The domain of all first-stage tables that are not nested.</summary>
    public static readonly DomainId FirstStage = new(1);

    private readonly SortedSet<ushort> _returned = [];
    private int _next = FirstStage.Value + 1;

    /// <summary>How many are given out.</summary>
    public int InUse => _next - FirstStage.Value - 1 - _returned.Count;

    /// <summary>Gives out the lowest one that was returned, else a new one.</summary>
    /// <exception cref="IommuException">All are in use.</exception>
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

    /// <summary>Takes one back. Only when no cache has anything of it any more.</summary>
    public void Free(DomainId domain) => _returned.Add(domain.Value);
}
