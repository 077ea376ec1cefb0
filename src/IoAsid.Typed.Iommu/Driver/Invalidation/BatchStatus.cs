namespace IoAsid.Typed.Iommu;

/// <summary>The status of a batch. The unit writes <see cref="Done"/> into the batch's status word. Software sets the others.</summary>
internal enum BatchStatus : uint
{
    /// <summary>The batch is not complete.</summary>
    Pending,

    /// <summary>The batch is complete. The unit writes this value.</summary>
    Done,

    /// <summary>A time-out aborted the wait descriptor of the batch.</summary>
    Aborted,

    /// <summary>The unit refused a descriptor of the batch.</summary>
    Refused,
}
