namespace IoAsid.Typed.Vtd;

/// <summary>FSTS: which faults and queue errors wait for software.</summary>
[BitLayout("FSTS_REG", 32, Access = RegisterAccess.OneToClear)]
public readonly partial record struct FaultStatusRegister(Bits64 Bits)
{
    /// <summary>PFO: a fault found no recording register. Writing 1 clears it.</summary>
    [Bits("PFO", 0)] public partial bool PrimaryFaultOverflow { get; init; }

    /// <summary>PPF: a recording register contains a fault.</summary>
    [Bits("PPF", 1, Access = RegisterAccess.ReadOnly)] public partial bool PrimaryPendingFault { get; init; }

    /// <summary>AFO: a fault found no room in the log. Writing 1 clears it.</summary>
    [Bits("AFO", 2, Needs = Requirement.AdvancedFaultLog)] public partial bool AdvancedFaultOverflow { get; init; }

    /// <summary>APF: the log contains a fault. A write of 1 clears the bit.</summary>
    [Bits("APF", 3, Needs = Requirement.AdvancedFaultLog)] public partial bool AdvancedPendingFault { get; init; }

    /// <summary>IQE: the invalidation queue stopped at a bad descriptor. Writing 1 clears it.</summary>
    [Bits("IQE", 4, Needs = Requirement.QueuedInvalidation)] public partial bool InvalidationQueueError { get; init; }

    /// <summary>ICE: a device completed an invalidation that was not requested. Writing 1 clears it.</summary>
    [Bits("ICE", 5, Needs = Requirement.DeviceTlb)] public partial bool InvalidationCompletionError { get; init; }

    /// <summary>ITE: a device did not complete an invalidation in time. Writing 1 clears it.</summary>
    [Bits("ITE", 6, Needs = Requirement.DeviceTlb)] public partial bool InvalidationTimeoutError { get; init; }

    /// <summary>FRI: the recording register of the first pending fault, if PPF is set.</summary>
    [Bits("FRI", 8, 15, Access = RegisterAccess.ReadOnly)] public partial byte FaultRecordIndex { get; init; }
}
