using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Vtd;

/// <summary>CCMD: context-cache invalidation by register, while queued invalidation is off.</summary>
[BitLayout("CCMD_REG", 64)]
public readonly partial record struct ContextCommandRegister
{
    /// <summary>DID: the domain of the entries, unless the granularity is global.</summary>
    [Bits("DID", 0, 15)] public partial DomainId DomainId { get; init; }

    /// <summary>SID: the device, if the granularity is device.</summary>
    [Bits("SID", 16, 31, Access = RegisterAccess.WriteOnly)] public partial RequesterId SourceId { get; init; }

    /// <summary>FM: the number of ignored function bits of the source id.</summary>
    [Bits("FM", 32, 33, Access = RegisterAccess.WriteOnly)] public partial byte FunctionMask { get; init; }

    /// <summary>CAIG: the actual granularity.</summary>
    [Bits("CAIG", 59, 60, Access = RegisterAccess.ReadOnly)]
    public partial ContextInvalidationGranularity ActualGranularity { get; init; }

    /// <summary>CIRG: the requested granularity.</summary>
    [Bits("CIRG", 61, 62)] public partial ContextInvalidationGranularity RequestedGranularity { get; init; }

    /// <summary>ICC: a write of 1 starts the invalidation. Hardware clears the bit at the end.</summary>
    [Bits("ICC", 63, Access = RegisterAccess.OneShot)] public partial bool Invalidate { get; init; }

    /// <summary>The ignored bits of the source id, by <see cref="FunctionMask"/>.</summary>
    public ushort IgnoredSourceBits => SourceIdMask.IgnoredBits(FunctionMask);
}
