namespace IoAsid.Typed.Emulation;

/// <summary>The moments of the last processor writes to words and pages of memory.</summary>
internal sealed class WriteHistory
{
    // Table entries are written by the word. Longer writes fill pages with data.
    private const int MaxEntryLength = 64;
    private const int PageShift = 12;

    private readonly Dictionary<ulong, long> _words = [];
    private readonly Dictionary<ulong, long> _pages = [];
    private readonly Dictionary<ulong, long> _longWrites = [];
    private long _number;

    /// <summary>Records a write.</summary>
    public void Add(ulong address, int length)
    {
        long at = NextMoment();
        for (ulong page = address >> PageShift; page <= address + (ulong)Math.Max(length, 1) - 1 >> PageShift; page++)
            _pages[page] = at;
        if (length > MaxEntryLength)
        {
            for (ulong page = address >> PageShift; page <= address + (ulong)length - 1 >> PageShift; page++)
                _longWrites[page] = at;
            return;
        }

        for (ulong word = address & ~7UL; word < address + (ulong)length; word += 8)
            _words[word] = at;
    }

    /// <summary>Returns a moment that is greater than all earlier moments.</summary>
    public long NextMoment() => ++_number;

    /// <summary>Returns the last write to a set of words.</summary>
    /// <returns>The address of the word and the moment; moment 0 if no word was written.</returns>
    public (ulong Address, long Moment) LatestOf(ReadOnlySpan<ulong> words)
    {
        (ulong Address, long Moment) latest = default;
        foreach (ulong word in words)
        {
            // A long write clears a whole table.
            long moment = Math.Max(_words.GetValueOrDefault(word), _longWrites.GetValueOrDefault(word >> PageShift));
            if (moment > latest.Moment)
                latest = (word, moment);
        }

        return latest;
    }

    /// <summary>Returns the moment of the last write to a page; 0 if the page was not written.</summary>
    public long LatestOfPage(ulong address) => _pages.GetValueOrDefault(address >> PageShift);
}
