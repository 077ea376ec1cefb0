namespace IoAsid.Typed.Concurrency.Tests.Model;

/// <summary>The options of the space in which a sequence runs.</summary>
internal sealed record PlainOptions(IoAsidReusePolicy Policy, bool CustomAllocator, bool Watched, bool ObserverThrows, bool Meddles)
{
    /// <summary>The highest number. The lowest is 1, because 0 is reserved.</summary>
    public const int Numbers = 4;

    /// <summary>Gets a value indicating whether the observer frees each id when it is notified that the id is bound.</summary>
    public bool ObserverMeddles => Watched && Meddles;
}
