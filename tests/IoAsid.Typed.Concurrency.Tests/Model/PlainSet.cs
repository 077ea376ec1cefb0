namespace IoAsid.Typed.Concurrency.Tests.Model;

internal sealed class PlainSet(PlainSet? parent, uint? quota)
{
    public PlainSet? Parent { get; } = parent;

    public uint? Quota { get; } = quota;

    /// <summary>The set whose quota an id of this one is charged to; null for the space.</summary>
    public PlainSet? Budget => Quota is not null ? this : Parent?.Budget;

    /// <summary>By how much numbers that went out of use have shrunk the quota.</summary>
    public int Lost { get; set; }

    public long Room => Quota!.Value - Lost;

    public bool Closed { get; set; }

    public int Failed { get; set; }

    public int Reclaimed { get; set; }
}
