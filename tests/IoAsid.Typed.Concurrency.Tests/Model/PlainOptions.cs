namespace IoAsid.Typed.Concurrency.Tests.Model;

/// <summary>What kind of space a sequence runs in.</summary>
internal sealed record PlainOptions(IoAsidReusePolicy Policy, bool CustomAllocator, bool Watched, bool ObserverThrows, bool Meddles)
{
    /// <summary>The numbers 1 to this one; 0 is reserved.</summary>
    public const int Numbers = 4;

    /// <summary>The observer frees what it is told to be bound.</summary>
    public bool ObserverMeddles => Watched && Meddles;
}
