namespace IoAsid.Typed.Emulation;

/// <summary>When words and pages of memory were last written by a processor.</summary>
internal sealed class WriteHistory
{
    // Longer writes fill pages with data; entries of tables are written by the word.
    private const int LongestEntry = 64;

    private readonly Dictionary<ulong, long> _words = [];
    private readonly Dictionary<ulong, long> _pages = [];
    private readonly Dictionary<ulong, long> _longWrites = [];
    private long _number;

    /// <summary>Takes a write.</summary>
    public void Add(ulong address, int length)
    {
        long at = Now();
        for (ulong page = address >> 12; page <= address + (ulong)Math.Max(length, 1) - 1 >> 12; page++)
            _pages[page] = at;
        if (length > LongestEntry)
        {
            for (ulong page = address >> 12; page <= address + (ulong)length - 1 >> 12; page++)
                _longWrites[page] = at;
            return;
        }

        for (ulong word = address & ~7UL; word < address + (ulong)length; word += 8)
            _words[word] = at;
    }

    /// <summary>A moment that compares with those of writes; later ones are greater.</summary>
    public long Now() => ++_number;

    /// <summary>The latest write to any of some words.</summary>
    /// <returns>The word and the moment; moment 0 if none was written.</returns>
    public (ulong Address, long Moment) LatestOf(ReadOnlySpan<ulong> words)
    {
        (ulong Address, long Moment) latest = default;
        foreach (ulong word in words)
        {
            // A table may also have been cleared as a whole.
            long moment = Math.Max(_words.GetValueOrDefault(word), _longWrites.GetValueOrDefault(word >> 12));
            if (moment > latest.Moment)
                latest = (word, moment);
        }

        return latest;
    }

    /// <summary>When a page was last written; 0 if never.</summary>
    public long LatestOfPage(ulong address) => _pages.GetValueOrDefault(address >> 12);
}
