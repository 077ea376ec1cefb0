using System.Numerics;
using System.Runtime.CompilerServices;

namespace IoAsid.Typed.Core;

/// <summary>The pages of a table, by number. Starts empty and grows by publishing a larger copy, so that readers never wait.</summary>
/// <remarks>Numbers below 2²⁰ need one array access; higher ones need two.</remarks>
internal sealed class PageDirectory<TPage>
    where TPage : class
{
    private const int SegmentLog2 = 10;
    private const int SegmentSize = 1 << SegmentLog2;
    private const int SmallestLength = 4;

    private const int MostSpare = 16;

    private readonly UninterruptedLock _growth = new();
    private readonly Stack<TPage> _spare = new(0);
    private uint _used;
    private volatile TPage?[] _low = [];
    private volatile TPage?[]?[] _high = [];

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

    /// <summary>Returns the page of a number. Makes and prepares a missing page. A failure leaves the directory unchanged.</summary>
    /// <param name="id">The number.</param>
    /// <param name="make">Makes an empty page.</param>
    /// <param name="prepare">Prepares the page for the number, before another thread can see the page.</param>
    public TPage GetOrAdd(uint id, Func<TPage> make, Action<TPage> prepare)
    {
        using (_growth.Enter())
            return Find(id) ?? Add(id, make, prepare);
    }

    private TPage Add(uint id, Func<TPage> make, Action<TPage> prepare)
    {
        if (_spare.Count == 0)
            MakeSpare(make);

        prepare(_spare.Peek());
        TPage page = Publish(id >> LifePage.SizeLog2, _spare.Peek());
        _used++;
        return _spare.Pop();
    }

    /// <summary>Makes a few pages at once, at most an eighth of those in use. Pages that lie side by side in memory need fewer entries of the processor's TLB.</summary>
    private void MakeSpare(Func<TPage> make)
    {
        for (uint left = Math.Clamp(_used / 8, 1, MostSpare); left > 0; left--)
        {
            FaultPoint.Allocation();
            _spare.Push(make());
        }
    }

    private static TPage?[] Grown(TPage?[] segment, uint index)
    {
        FaultPoint.Allocation();
        var grown = new TPage?[Math.Clamp(BitOperations.RoundUpToPowerOf2(index + 1), SmallestLength, SegmentSize)];
        segment.CopyTo(grown, 0);
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

    private TPage Publish(uint page, TPage made)
    {
        uint segment = page >> SegmentLog2;
        uint index = page & (SegmentSize - 1);
        TPage?[] pages = Segment(segment);
        bool fits = index < (uint)pages.Length;
        TPage?[] target = fits ? pages : Grown(pages, index);
        target[index] = made;
        if (!fits)
            PublishSegment(segment, target);

        return made;
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
        {
            high = new TPage?[BitOperations.RoundUpToPowerOf2(segment + 1)][];
            _high.CopyTo(high, 0);
        }

        Volatile.Write(ref high[segment], pages);
        _high = high;
    }
}
