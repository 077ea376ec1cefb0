namespace IoAsid.Typed.Iommu;

/// <summary>The areas of a process, in the order of their addresses. No two areas overlap.</summary>
internal sealed class AreaMap
{
    private readonly List<MemoryArea> _areas = [];

    public IReadOnlyList<MemoryArea> All => _areas;

    public MemoryArea? Find(ulong address)
    {
        int at = IndexFrom(address);
        return at < _areas.Count && _areas[at].Range.Contains(address) ? _areas[at] : null;
    }

    public bool Overlaps(AddressRange range)
    {
        int at = IndexFrom(range.Start);
        return at < _areas.Count && _areas[at].Range.Overlaps(range);
    }

    /// <summary>Returns true if every address of a range is in an area.</summary>
    public bool Covers(AddressRange range)
    {
        ulong next = range.Start;
        for (int at = IndexFrom(next); at < _areas.Count && _areas[at].Range.Contains(next); at++)
        {
            if (_areas[at].Range.Last >= range.Last)
                return true;
            next = _areas[at].Range.Last + 1;
        }

        return false;
    }

    public void Add(MemoryArea area) => _areas.Insert(IndexFrom(area.Range.Start), area);

    /// <summary>Removes a range. Areas across its ends are split.</summary>
    public void Remove(AddressRange range)
    {
        (int first, int count) = SplitAtEnds(range);
        _areas.RemoveRange(first, count);
    }

    /// <summary>Changes the rights in a range. Areas across its ends are split, and neighbours with equal attributes are joined.</summary>
    /// <returns>true if a right was removed from an area; otherwise, false.</returns>
    public bool SetRights(AddressRange range, MemoryRights rights)
    {
        (int first, int count) = SplitAtEnds(range);
        bool isLess = false;
        for (int at = first; at < first + count; at++)
        {
            isLess |= (_areas[at].Rights & ~rights) != MemoryRights.None;
            _areas[at] = _areas[at].With(rights);
        }

        JoinAround(first, count);
        return isLess;
    }

    /// <summary>Returns the lowest free address for an area.</summary>
    /// <param name="length">The length of the area in bytes.</param>
    /// <param name="alignment">The alignment of the address.</param>
    /// <param name="from">The first address that is considered, a multiple of <paramref name="alignment"/>.</param>
    /// <param name="occupied">Further ranges that are not free.</param>
    public ulong FindGap(ulong length, ulong alignment, ulong from, IReadOnlyList<AddressRange> occupied)
    {
        ulong start = from;
        while (FirstIn(new AddressRange(start, length), occupied) is { } taken)
            start = (taken.Last | (alignment - 1)) + 1;
        return start;
    }

    private AddressRange? FirstIn(AddressRange range, IReadOnlyList<AddressRange> occupied)
    {
        int at = IndexFrom(range.Start);
        if (at < _areas.Count && _areas[at].Range.Overlaps(range))
            return _areas[at].Range;
        foreach (AddressRange other in occupied)
        {
            if (other.Overlaps(range))
                return other;
        }

        return null;
    }

    // Returns the index of the first area that ends at an address or later.
    private int IndexFrom(ulong address)
    {
        int low = 0;
        int high = _areas.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_areas[middle].Range.Last < address)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    private (int First, int Count) SplitAtEnds(AddressRange range)
    {
        SplitAt(range.Start);
        SplitAt(range.Last + 1);
        int first = IndexFrom(range.Start);
        int end = first;
        while (end < _areas.Count && range.Contains(_areas[end].Range))
            end++;
        return (first, end - first);
    }

    private void SplitAt(ulong boundary)
    {
        int at = IndexFrom(boundary);
        if (at == _areas.Count || _areas[at].Range.Start >= boundary)
            return;
        MemoryArea whole = _areas[at];
        ulong before = boundary - whole.Range.Start;
        _areas[at] = whole.With(new AddressRange(whole.Range.Start, before));
        _areas.Insert(at + 1, whole.With(new AddressRange(boundary, whole.Range.Length - before)));
    }

    private void JoinAround(int first, int count)
    {
        for (int at = Math.Min(first + count, _areas.Count - 1); at > 0 && at >= first; at--)
        {
            MemoryArea left = _areas[at - 1];
            MemoryArea right = _areas[at];
            if (left.Mapping != right.Mapping || left.Rights != right.Rights || left.Range.Last + 1 != right.Range.Start)
                continue;
            _areas[at - 1] = left.With(new AddressRange(left.Range.Start, left.Range.Length + right.Range.Length));
            _areas.RemoveAt(at);
        }
    }
}
