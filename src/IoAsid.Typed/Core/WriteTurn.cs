using IoAsid.Typed.Lookup;

namespace IoAsid.Typed.Core;

/// <summary>
/// The turn of one writer at an id. Data, private id and bind count change only in a turn. Other writers, and a free, wait for
/// the end of the turn. Lookups and holds do not.
/// </summary>
internal readonly ref struct WriteTurn
{
    private readonly IoAsidSpace _space;
    private readonly ref ulong _word;
    private readonly Life _life;

    /// <summary>Waits for the turn, and sets flags in the word in the same step.</summary>
    /// <exception cref="StaleIoAsidException">The life was freed, or belongs to another set. Nothing changed.</exception>
    public WriteTurn(IoAsidSet set, Life life, ulong flags)
    {
        if (set.BlockOf(life.Id) is not { } block || !TryMark(block.Lives, set, life, LifeWord.Writing | flags))
            throw set.Refusal(life);

        Block = block;
        _space = set.Space;
        _word = ref block.Lives.Word(life.Id);
        _life = life;
    }

    /// <summary>The block that holds the data of the life.</summary>
    public DataBlock Block { get; }

    /// <summary>Returns the record of the life, which cannot end before the turn does.</summary>
    public LifeRecord Record() => _space.Records.Attach(_life, ref _word)!;

    /// <summary>Takes a reference to the life.</summary>
    public void AddReference()
    {
        LifeWord seen;
        do
        {
            seen = LifeWord.Read(ref _word);
            seen.ThrowIfFull(_life.Id);
        }
        while (!seen.TryReplace(ref _word, seen.Bits + 1));
    }

    public void Dispose() => Interlocked.And(ref _word, ~LifeWord.Writing);

    /// <summary>Tries to set flags of a life that is not freed and belongs to the set itself. Waits for the turn of another writer.</summary>
    /// <returns>True if the flags were set; false if the life was freed or belongs to another set.</returns>
    private static bool TryMark(LifePage lives, IoAsidSet set, Life life, ulong flags)
    {
        ref ulong word = ref lives.Word(life.Id);
        Backoff backoff = new();
        while (true)
        {
            LifeWord seen = LifeWord.Read(ref word);
            if (!seen.IsLive(life.Generation) || !set.IsOwnerIn(lives, life.Id))
                return false;

            if (seen.IsBeingWritten)
                backoff.Wait();
            else if (seen.TryReplace(ref word, seen.Bits | flags))
                return true;
        }
    }
}
