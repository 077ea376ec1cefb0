using System.Numerics;
using System.Runtime.CompilerServices;

namespace IoAsid.Typed.Core;

/// <summary>The pages of a table, by number. Starts empty and grows by publishing a larger copy, so that readers never wait.</summary>
/// <remarks>The pool's gate guards changes. Numbers below 2²⁰ need one array access; higher ones need two.</remarks>
internal sealed class PageDirectory<TPage>
    where TPage : class
{
    private const int SegmentLog2 = 10;
    private const int SegmentSize = 1 << SegmentLog2;
    private const int SmallestLength = 4;

    private const int MostSpare = 16;

    private volatile TPage?[] _low = [];
    private volatile TPage?[]?[] _high = [];

    // The number of pages in each part of the table, by segment.
    private int[] _usedIn = [];
    private TPage?[] _spare = [];
    private int _spareCount;
    private int _used;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TPage? Find(uint id)
    {
        uint page = id >> LifePage.SizeLog2;
        TPage?[] low = _low;
        return page < (uint)low.Length ? low[page] : page < SegmentSize ? null : FindHigh(page);
    }

    /// <summary>The pages of the numbers below 2²⁰.</summary>
    public TPage?[] Low => _low;

    public TPage? FindPage(uint page) => Find(page << LifePage.SizeLog2);

    /// <summary>Gets a value indicating whether a spare page exists.</summary>
    public bool HasSpare => _spareCount != 0;

    /// <summary>
    /// Makes a few pages at once, at most an eighth of those in use. Pages that lie side by side in memory need fewer entries of the processor's TLB. Call outside the gate.
    /// </summary>
    public TPage[] MakeSpare(Func<TPage> make)
    {
        FaultPoint.Allocation();
        var made = new TPage[Math.Clamp(_used / 8, 1, MostSpare)];
        for (int page = made.Length - 1; page >= 0; page--)
        {
            FaultPoint.Allocation();
            made[page] = make();
        }

        return made;
    }

    /// <summary>Keeps pages for later use, unless there are some.</summary>
    public void AddSpare(TPage[] made)
    {
        if (_spareCount == 0)
        {
            _spare = made;
            _spareCount = made.Length;
        }
    }

    /// <summary>Returns a spare page for <see cref="Publish"/>.</summary>
    public TPage TakeSpare()
    {
        TPage taken = _spare[--_spareCount]!;
        _spare[_spareCount] = null;
        return taken;
    }

    /// <summary>Makes room for the page of a number.</summary>
    /// <exception cref="OutOfMemoryException">Nothing changed, except that there may be more room.</exception>
    public void EnsureRoom(uint id)
    {
        uint page = id >> LifePage.SizeLog2;
        uint segment = page >> SegmentLog2;
        uint index = page & (SegmentSize - 1);
        TPage?[] pages = Segment(segment);
        if (segment >= (uint)_usedIn.Length)
            _usedIn = Grown(_usedIn, segment, int.MaxValue);

        if (index >= (uint)pages.Length)
            PublishSegment(segment, Grown(pages, index, SegmentSize));
    }

    /// <summary>Adds the page of a number, for which there is room. A lookup may find the page from now on.</summary>
    public void Publish(uint id, TPage made)
    {
        uint page = id >> LifePage.SizeLog2;
        uint segment = page >> SegmentLog2;
        Volatile.Write(ref Segment(segment)[page & (SegmentSize - 1)], made);
        _usedIn[segment]++;
        _used++;
    }

    /// <summary>Removes the page of a number. Cannot throw. Lookups may still have the page.</summary>
    public void Remove(uint id)
    {
        uint page = id >> LifePage.SizeLog2;
        uint segment = page >> SegmentLog2;
        Volatile.Write(ref Segment(segment)[page & (SegmentSize - 1)], null);
        if (--_usedIn[segment] == 0)
            RemoveSegment(segment);

        if (--_used / 8 < _spareCount)
        {
            _spare = [];
            _spareCount = 0;
        }
    }

    private static T[] Grown<T>(T[] array, uint index, int most)
    {
        FaultPoint.Allocation();
        var grown = new T[Math.Clamp((int)BitOperations.RoundUpToPowerOf2(index + 1), SmallestLength, most)];
        array.CopyTo(grown, 0);
        return grown;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private TPage? FindHigh(uint page)
    {
        TPage?[]?[] high = _high;
        uint segment = page >> SegmentLog2;
        if (segment >= (uint)high.Length || high[segment] is not { } pages)
            return null;

        uint index = page & (SegmentSize - 1);
        return index < (uint)pages.Length ? pages[index] : null;
    }

    private TPage?[] Segment(uint segment) =>
        segment == 0 ? _low : segment < (uint)_high.Length ? _high[segment] ?? [] : [];

    private void PublishSegment(uint segment, TPage?[] pages)
    {
        if (segment == 0)
        {
            _low = pages;
            return;
        }

        TPage?[]?[] high = _high;
        if (segment >= (uint)high.Length)
            high = Grown(high, segment, int.MaxValue);

        Volatile.Write(ref high[segment], pages);
        _high = high;
    }

    private void RemoveSegment(uint segment)
    {
        if (segment == 0)
            _low = [];
        else
            Volatile.Write(ref _high[segment], null);
    }
}
