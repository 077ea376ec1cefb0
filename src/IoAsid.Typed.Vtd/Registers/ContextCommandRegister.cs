using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Vtd;

/// <summary>CCMD: context-cache invalidation by register, while queued invalidation is off.</summary>
[BitLayout("CCMD_REG", 64)]
public readonly partial record struct ContextCommandRegister
{
    /// <summary>DID: whose entries, unless the granularity is global.</summary>
    [Bits("DID", 0, 15)] public partial DomainId DomainId { get; init; }

    /// <summary>SID: the device, if the granularity is device.</summary>
    [Bits("SID", 16, 31, Access = RegisterAccess.WriteOnly)] public partial RequesterId SourceId { get; init; }

    /// <summary>FM: how many function bits of the source id do not count.</summary>
    [Bits("FM", 32, 33, Access = RegisterAccess.WriteOnly)] public partial byte FunctionMask { get; init; }

    /// <summary>CAIG: what was dropped.</summary>
    [Bits("CAIG", 59, 60, Access = RegisterAccess.ReadOnly)]
    public partial ContextInvalidationGranularity ActualGranularity { get; init; }

    /// <summary>CIRG: what is to be dropped.</summary>
    [Bits("CIRG", 61, 62)] public partial ContextInvalidationGranularity RequestedGranularity { get; init; }

    /// <summary>ICC: writing 1 begins; hardware clears it when done.</summary>
    [Bits("ICC", 63, Access = RegisterAccess.OneShot)] public partial bool Invalidate { get; init; }

    /// <summary>The bits of the source id that do not count, by <see cref="FunctionMask"/>.</summary>
    public ushort IgnoredSourceBits => SourceIdMask.IgnoredBits(FunctionMask);
}
