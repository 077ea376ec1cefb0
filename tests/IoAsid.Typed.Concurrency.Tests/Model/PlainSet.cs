namespace IoAsid.Typed.Concurrency.Tests.Model;

internal sealed class PlainSet(PlainSet? parent, uint? quota)
{
    public PlainSet? Parent { get; } = parent;

    public uint? Quota { get; } = quota;

    /// <summary>The set whose quota is charged for an id of this set; null if the space is charged.</summary>
    public PlainSet? Budget => Quota is not null ? this : Parent?.Budget;

    /// <summary>The number of lost numbers by which the quota has shrunk.</summary>
    public int Lost { get; set; }

    public long Room => Quota!.Value - Lost;

    public bool Closed { get; set; }

    public int Failed { get; set; }

    public int Reclaimed { get; set; }
}
