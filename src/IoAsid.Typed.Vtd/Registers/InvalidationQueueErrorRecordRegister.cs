using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Vtd;

/// <summary>IQERCD: what went wrong in the invalidation queue.</summary>
[BitLayout("IQERCD_REG", 64, Access = RegisterAccess.ReadOnly)]
public readonly partial record struct InvalidationQueueErrorRecordRegister
{
    /// <summary>IQEI: why the queue stopped, if FSTS.IQE is set.</summary>
    [Bits("IQEI", 0, 3)] public partial InvalidationQueueError QueueError { get; init; }

    /// <summary>ITESID: the device that did not answer, if FSTS.ITE is set.</summary>
    [Bits("ITESID", 32, 47, Needs = Requirement.DeviceTlb)] public partial RequesterId TimeoutSourceId { get; init; }

    /// <summary>ICESID: the device that answered unasked, if FSTS.ICE is set.</summary>
    [Bits("ICESID", 48, 63, Needs = Requirement.DeviceTlb)] public partial RequesterId CompletionSourceId { get; init; }
}
