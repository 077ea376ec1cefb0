using IoAsid.Typed.Layouts;

namespace OwnDevice;

/// <summary>The capabilities of the network card.</summary>
[BitLayout("NIC_CAPS", 64)]
public readonly partial record struct NicCapabilities
{
    /// <summary>RING: the number of descriptors in a ring.</summary>
    [Bits("RING", 0, 15)] public partial int RingEntries { get; init; }

    /// <summary>MTU: the longest frame, in bytes.</summary>
    [Bits("MTU", 16, 31)] public partial int LongestFrame { get; init; }
}
