using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>A group of page requests that waits for its response.</summary>
internal sealed class DevicePageRequestGroup : Awaitable<PageRequestResult>
{
    public int Index { get; set; }

    public PasidPrefix Prefix { get; set; }

    public ulong Address { get; set; }

    /// <summary>The number of requests, each of which uses a credit.</summary>
    public int Count { get; set; }

    /// <summary>Gets or sets a value indicating whether the response is outstanding. Until it arrives the group keeps its index and credits.</summary>
    public bool IsOutstanding { get; set; }

    /// <summary>Gets or sets a value indicating whether the requesting code still awaits the group.</summary>
    public bool IsAwaited { get; set; }

    /// <summary>Gets or sets a value indicating whether the requesting code has abandoned the group.</summary>
    public bool IsAbandoned { get; set; }

    public bool Uses(Pasid pasid) => Prefix.IsPresent && Prefix.Pasid == pasid;

    public override string ToString() => $"group {Index} (0x{Address:X}, {Prefix})";
}
