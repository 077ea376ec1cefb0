using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Vtd;

#pragma warning disable CA1700 // "Reserved" is the architecture's word for bits that must be zero

/// <summary>IQERCD: the error of the invalidation queue.</summary>
[BitLayout("IQERCD_REG", 64, Needs = Requirement.QueuedInvalidation, Access = RegisterAccess.ReadOnly)]
public readonly partial record struct InvalidationQueueErrorRecordRegister
{
    /// <summary>IQEI: the reason why the queue stopped, if FSTS.IQE is set.</summary>
    [Bits("IQEI", 0, 3)] public partial InvalidationQueueError QueueError { get; init; }

    /// <summary>ITESID: the device that did not respond, if FSTS.ITE is set.</summary>
    [Bits("ITESID", 32, 47, Needs = Requirement.DeviceTlb)] public partial RequesterId TimeoutSourceId { get; init; }

    /// <summary>ICESID: the device of the unexpected completion, if FSTS.ICE is set.</summary>
    [Bits("ICESID", 48, 63, Needs = Requirement.DeviceTlb)] public partial RequesterId CompletionSourceId { get; init; }
}

/// <summary>IQEI of IQERCD: the reason why the invalidation queue stopped.</summary>
public enum InvalidationQueueError
{
    /// <summary>Nothing is known.</summary>
    None = 0,
    /// <summary>The tail lies outside the queue.</summary>
    InvalidTail = 1,
    /// <summary>The descriptor could not be read.</summary>
    FetchError = 2,
    /// <summary>The type of descriptor does not exist, or the unit does not support it.</summary>
    InvalidType = 3,
    /// <summary>A reserved field is not zero, or a field has an undefined value.</summary>
    ReservedField = 4,
    /// <summary>IQA.DW selects a width that the unit or the table mode does not support.</summary>
    InvalidDescriptorWidth = 5,
    /// <summary>The tail is not a multiple of 32 bytes with 256-bit descriptors.</summary>
    MisalignedTail = 6,
    /// <summary>TTM of the root table is reserved, or names a mode that the unit lacks.</summary>
    InvalidTableMode = 7,
}
