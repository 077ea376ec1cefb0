namespace IoAsid.Typed.DmaEngine;

/// <summary>The configuration of a work queue. Fields other than <see cref="IsEnabled"/> change only while the queue is disabled.</summary>
[BitLayout("QUEUE_CONFIGURATION", 64)]
public readonly partial record struct DmaQueueConfiguration
{
    /// <summary>Gets a value indicating whether the queue accepts descriptors. A disabled queue completes the descriptors that it accepted before.</summary>
    [Bits("ENABLE", 0)] public partial bool IsEnabled { get; init; }

    /// <summary>
    /// Gets a value indicating whether the queue is shared. Descriptors of a shared queue carry the PASID of their sender, and the queue may return retry.
    /// Descriptors of a dedicated queue are posted.
    /// </summary>
    [Bits("SHARED", 1)] public partial bool IsShared { get; init; }

    /// <summary>
    /// Gets a value indicating whether requests carry a PASID: that of the sender (shared) or <see cref="Pasid"/> (dedicated). A shared queue requires it.
    /// </summary>
    [Bits("PASID_ENABLE", 2)] public partial bool PasidEnabled { get; init; }

    /// <summary>Gets a value indicating whether descriptors may wait for a page that is not present, if the function can send page requests.</summary>
    [Bits("BLOCK_ON_FAULT", 3)] public partial bool MayBlockOnFault { get; init; }

    /// <summary>
    /// Gets a value indicating whether descriptors may name the PASID of their destination (<see cref="DmaOperation.MoveBetween"/>).
    /// </summary>
    [Bits("INTER_PASID", 4)] public partial bool MayNamePasid { get; init; }

    /// <summary>Gets a value indicating whether a dedicated queue sends its requests in privileged mode.</summary>
    [Bits("PRIV", 5)] public partial bool IsPrivileged { get; init; }

    /// <summary>The PASID of a dedicated queue.</summary>
    [Bits("PASID", 32, 51)] public partial Pasid Pasid { get; init; }
}
