namespace IoAsid.Typed.Concurrency.Tests.Model;

internal sealed class PlainId(PlainSet set, uint number, uint generation)
{
    public PlainSet Set { get; } = set;

    public uint Number { get; } = number;

    public uint Generation { get; } = generation;

    public object? Data { get; set; }

    public uint? PrivateId { get; set; }

    public bool Pending { get; set; }

    public bool Reclaimed { get; set; }

    /// <summary>The number of references, including that of the allocation.</summary>
    public int References { get; set; } = 1;

    public int Bound { get; set; }
}
