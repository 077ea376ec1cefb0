namespace IoAsid.Typed.Emulation;

/// <summary>A group of page requests that waits for its answer.</summary>
internal sealed class PageRequestGroup : Awaitable<PageAnswer>
{
    public int Index { get; set; }

    public PasidPrefix Prefix { get; set; }

    public ulong Address { get; set; }

    /// <summary>How many requests it has, each of which takes a credit.</summary>
    public int Count { get; set; }

    public override string ToString() => $"group {Index} (0x{Address:X}, {Prefix})";
}
