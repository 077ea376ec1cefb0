using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>A group of page requests that waits for its answer.</summary>
internal sealed class PageRequestGroup : Awaitable<PageAnswer>
{
    public int Index { get; set; }

    public PasidPrefix Prefix { get; set; }

    public ulong Address { get; set; }

    /// <summary>How many requests it has, each of which takes a credit.</summary>
    public int Count { get; set; }

    /// <summary>Whether its answer is still to come: until then it has its index and its credits.</summary>
    public bool IsOutstanding { get; set; }

    /// <summary>Whether the one who asked has not gone on yet.</summary>
    public bool IsAwaited { get; set; }

    /// <summary>Whether the one who asked no longer wants the answer.</summary>
    public bool IsGivenUp { get; set; }

    public bool IsOf(Pasid pasid) => Prefix.IsPresent && Prefix.Pasid == pasid;

    public override string ToString() => $"group {Index} (0x{Address:X}, {Prefix})";
}
