namespace IoAsid.Typed.Concurrency.Tests.Model;

internal sealed class PlainSet(PlainSet? parent, uint? quota)
{
    public PlainSet? Parent { get; } = parent;

    public uint? Quota { get; } = quota;

    /// <summary>The set whose quota an id of this one is charged to; null for the space.</summary>
    public PlainSet? Budget => Quota is not null ? this : Parent?.Budget;

    public bool Closed { get; set; }

    public int Failed { get; set; }

    public int Reclaimed { get; set; }
}
