using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Vtd;

/// <summary>Drops entries of the context cache (VT-d, Context-cache Invalidate Descriptor).</summary>
[BitLayout("Context-cache invalidation", 256)]
public readonly partial record struct ContextCacheInvalidation
{
    /// <summary>A descriptor whose type is set and nothing else.</summary>
    public ContextCacheInvalidation()
        : this(InvalidationDescriptor.OfType(InvalidationType.ContextCache))
    {
    }

    /// <summary>Bits 3:0 of the type.</summary>
    [Bits("TYPE_3_0", 0, 3)] public partial byte TypeLow { get; init; }

    /// <summary>Bits 6:4 of the type: 0 in every type there is.</summary>
    [Bits("TYPE_6_4", 9, 11)] public partial byte TypeHigh { get; init; }

    /// <summary>G: what is dropped.</summary>
    [Bits("G", 4, 5)] public partial ContextInvalidationGranularity Granularity { get; init; }

    /// <summary>DID: whose entries, unless the granularity is global.</summary>
    [Bits("DID", 16, 31)] public partial DomainId DomainId { get; init; }

    /// <summary>SID: the device, if the granularity is device.</summary>
    [Bits("SID", 32, 47)] public partial RequesterId SourceId { get; init; }

    /// <summary>FM: how many function bits of the source id do not count: 0 none, 1 bit 2, 2 bits 2:1, 3 bits 2:0.</summary>
    [Bits("FM", 48, 49)] public partial byte FunctionMask { get; init; }

    /// <summary>The bits of the source id that do not count, by <see cref="FunctionMask"/>.</summary>
    public ushort IgnoredSourceBits => SourceIdMask.IgnoredBits(FunctionMask);
}
