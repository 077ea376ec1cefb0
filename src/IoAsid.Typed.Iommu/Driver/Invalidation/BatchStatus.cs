namespace IoAsid.Typed.Iommu;

/// <summary>How far a batch is. The unit writes one of these into the batch's status word; the others are software's.</summary>
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
