namespace IoAsid.Typed.Core;

/// <summary>
/// One writer's turn at an id: data, private id and bind count change only in one. Others who want to write, and a free, wait for
/// its end; lookups and holds do not.
/// </summary>
internal readonly ref struct Writing
{
    private readonly IoAsidSpace _space;
    private readonly ref ulong _word;
    private readonly uint _id;
    private readonly uint _generation;

    /// <summary>Waits for the turn, and sets flags in the word in the same step.</summary>
    /// <exception cref="StaleIoAsidException">The life was freed.</exception>
    public Writing(IoAsidSpace space, DataPage page, uint id, uint generation, ulong flags)
    {
        _space = space;
        _word = ref page.Lives.Word(id);
        _id = id;
        _generation = generation;
        if (!TryMark(ref _word, generation, LifeWord.Writing | flags, out LifeWord seen))
        {
            page.WaitUntilCleared(id, generation);
            throw Stale(id, generation, seen);
        }
    }

    /// <summary>Sets flags of a life that is not freed, when no writer is at it.</summary>
    /// <returns>False if the life was freed.</returns>
    public static bool TryMark(ref ulong word, uint generation, ulong flags, out LifeWord seen)
    {
        var backoff = new Backoff();
        while (true)
        {
            seen = LifeWord.Read(ref word);
            if (!seen.IsLive(generation))
            {
                return false;
            }

            if (seen.IsBeingWritten)
            {
                backoff.Wait();
            }
            else if (seen.TryReplace(ref word, seen.Bits | flags))
            {
                return true;
            }
        }
    }

    public static StaleIoAsidException Stale(uint id, uint generation, LifeWord seen) =>
        new(new RawIoAsid(id), generation, seen.Generation, isPending: !seen.IsOver(generation));

    /// <summary>The record of the life. The life cannot end before the turn does.</summary>
    public LifeRecord Record() => _space.Records.Attach(_id, _generation, ref _word)!;

    /// <summary>Takes a reference to the life.</summary>
    public void AddReference()
    {
        LifeWord seen;
        do
        {
            seen = LifeWord.Read(ref _word);
            seen.ThrowIfFull(_id);
        }
        while (!seen.TryReplace(ref _word, seen.Bits + 1));
    }

    public void Dispose() => Interlocked.And(ref _word, ~LifeWord.Writing);
}
