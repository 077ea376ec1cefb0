namespace IoAsid.Typed.Concurrency.Tests.Races;

/// <summary>The data of one life of a number: whose it is, which one, and who holds it at the moment.</summary>
internal sealed class Life(object owner, long sequence)
{
    private int _holders;

    public object Owner { get; } = owner;

    /// <summary>Later lives of the number have larger ones.</summary>
    public long Sequence { get; } = sequence;

    public bool IsHeld => Volatile.Read(ref _holders) != 0;

    public void Enter() => Interlocked.Increment(ref _holders);

    public void Leave() => Interlocked.Decrement(ref _holders);
}
