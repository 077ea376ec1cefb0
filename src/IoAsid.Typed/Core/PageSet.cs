using System.Numerics;

namespace IoAsid.Typed.Core;

/// <summary>The pages in which a set has ids, or had some. Only grows.</summary>
/// <remarks>
/// The pool's gate guards changes. Reading needs no lock: a page is added before the first id in it is allocated, and an array is published with the bit that it was made
/// for. Most sets have one page, which needs no array.
/// </remarks>
internal sealed class PageSet
{
    private const uint NoPage = uint.MaxValue;
    private const int WordLog2 = 6;
    private const int SegmentLog2 = 10;
    private const uint BitMask = (1u << WordLog2) - 1;
    private const uint WordMask = (1u << (SegmentLog2 - WordLog2)) - 1;

    private volatile uint _first = NoPage;

    // Bits by page, in segments of 1,024. Empty while there is at most one page; otherwise the first page has its bit, too.
    private volatile ulong[]?[] _segments = [];

    /// <summary>Returns true if the page was added.</summary>
    public bool Contains(uint page)
    {
        if (_first == page)
            return true;

        ulong[]?[] segments = _segments;
        uint segment = page >> SegmentLog2;
        return segment < (uint)segments.Length && Volatile.Read(ref segments[segment]) is { } words
            && (Volatile.Read(ref words[Word(page)]) & Bit(page)) != 0;
    }

    /// <summary>Adds a page.</summary>
    /// <exception cref="OutOfMemoryException">Nothing changed.</exception>
    public void Add(uint page)
    {
        if (_first == NoPage)
        {
            _first = page;
        }
        else if (!Contains(page))
        {
            AddBit(_first);
            AddBit(page);
        }
    }

    /// <summary>Adds all pages of another set of pages.</summary>
    public void UnionWith(PageSet other)
    {
        if (other._segments.Length == 0)
        {
            AddOnly(other._first);
            return;
        }

        foreach (uint page in other.InOrder())
            Add(page);
    }

    /// <summary>Enumerates the pages in ascending order.</summary>
    public IEnumerable<uint> InOrder()
    {
        ulong[]?[] segments = _segments;
        if (segments.Length == 0 && _first is var only and not NoPage)
            yield return only;

        for (uint segment = 0; segment < segments.Length; segment++)
        {
            for (uint word = 0; word <= WordMask && Volatile.Read(ref segments[segment]) is { } words; word++)
            {
                for (ulong left = Volatile.Read(ref words[word]); left != 0; left &= left - 1)
                    yield return segment << SegmentLog2 | word << WordLog2 | (uint)BitOperations.TrailingZeroCount(left);
            }
        }
    }

    private void AddOnly(uint page)
    {
        if (page != NoPage)
            Add(page);
    }

    private static uint Word(uint page) => page >> WordLog2 & WordMask;

    private static ulong Bit(uint page) => 1UL << (int)(page & BitMask);

    /// <summary>Sets a bit. A reader that sees a new array also sees the bit.</summary>
    private void AddBit(uint page)
    {
        ulong[]?[] segments = _segments;
        uint segment = page >> SegmentLog2;
        if (segment < (uint)segments.Length && segments[segment] is { } words)
            Volatile.Write(ref words[Word(page)], words[Word(page)] | Bit(page));
        else
            _segments = With(segments, segment, page);
    }

    private static ulong[]?[] With(ulong[]?[] segments, uint segment, uint page)
    {
        FaultPoint.Allocation();
        var words = new ulong[WordMask + 1];
        words[Word(page)] = Bit(page);
        FaultPoint.Allocation();
        var grown = new ulong[]?[Math.Max(segments.Length, (int)BitOperations.RoundUpToPowerOf2(segment + 1))];
        segments.CopyTo(grown, 0);
        grown[segment] = words;
        return grown;
    }
}
