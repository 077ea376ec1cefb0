namespace IoAsid.Typed.Concurrency.Tests.Races;

/// <summary>The data of one life of a number: its owner, its sequence number, and the count of its current holders.</summary>
internal sealed class Life(object owner, long sequence)
{
    private int _holders;

    public object Owner { get; } = owner;

    /// <summary>The sequence number. Later lives of the number have larger ones.</summary>
    public long Sequence { get; } = sequence;

    public bool IsHeld => Volatile.Read(ref _holders) != 0;

    public void Enter() => Interlocked.Increment(ref _holders);

    public void Leave() => Interlocked.Decrement(ref _holders);
}
