namespace IoAsid.Typed.Iommu;

/// <summary>What the status word of a batch says.</summary>
internal enum BatchStatus : uint
{
    /// <summary>The unit is not there yet.</summary>
    Pending,

    /// <summary>All of it is done. Written by the unit.</summary>
    Done,

    /// <summary>A time-out voided its wait.</summary>
    Aborted,

    /// <summary>The unit refused one of its descriptors.</summary>
    Refused,
}
