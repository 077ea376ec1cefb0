using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Vtd;

/// <summary>An invalidation of entries of the context cache (VT-d, Context-cache Invalidate Descriptor).</summary>
[BitLayout("Context-cache invalidation", 256, Initial = (ulong)InvalidationType.ContextCache)]
public readonly partial record struct ContextCacheInvalidation
{
    /// <summary>The type.</summary>
    [Bits("TYPE_3_0", 0, 3), Bits("TYPE_6_4", 9, 11)] public partial InvalidationType Type { get; init; }

    /// <summary>G: the granularity.</summary>
    [Bits("G", 4, 5)] public partial ContextInvalidationGranularity Granularity { get; init; }

    /// <summary>DID: the domain of the entries, unless the granularity is global.</summary>
    [Bits("DID", 16, 31)] public partial DomainId DomainId { get; init; }

    /// <summary>SID: the device, if the granularity is device.</summary>
    [Bits("SID", 32, 47)] public partial RequesterId SourceId { get; init; }

    /// <summary>FM: the ignored function bits of the source id: 0 none, 1 bit 2, 2 bits 2:1, 3 bits 2:0.</summary>
    [Bits("FM", 48, 49)] public partial byte FunctionMask { get; init; }

    /// <summary>The ignored bits of the source id, by <see cref="FunctionMask"/>.</summary>
    public ushort IgnoredSourceBits => SourceIdMask.IgnoredBits(FunctionMask);
}

/// <summary>The scope of a context-cache invalidation: by descriptor (G) or register (CCMD.CIRG and CAIG).</summary>
public enum ContextInvalidationGranularity
{
    /// <summary>Not a granularity.</summary>
    Invalid = 0,
    /// <summary>All entries.</summary>
    Global = 1,
    /// <summary>The entries of a domain.</summary>
    Domain = 2,
    /// <summary>The entries of a device in a domain.</summary>
    Device = 3,
}

internal static class SourceIdMask
{
    /// <summary>Returns the bits of a source id that a function mask ignores: 0 none, 1 bit 2, 2 bits 2:1, 3 bits 2:0.</summary>
    internal static ushort IgnoredBits(byte functionMask) => functionMask switch
    {
        0 => 0b000,
        1 => 0b100,
        2 => 0b110,
        _ => 0b111,
    };
}
