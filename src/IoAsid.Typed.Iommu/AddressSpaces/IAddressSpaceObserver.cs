namespace IoAsid.Typed.Iommu;

/// <summary>
/// An observer that caches translations of a process, like an MMU notifier in Linux. Its members are called in steps of the machine. No call follows a release.
/// </summary>
public interface IAddressSpaceObserver
{
    /// <summary>
    /// Invalidates a range whose entries have changed or are no longer present. The memory behind the old entries is used again after the returned task has
    /// completed, so no older translation may be used then.
    /// </summary>
    /// <param name="range">The range.</param>
    /// <param name="onlyLeaves">
    /// True if only leaf entries changed. Otherwise tables are freed after the task has completed, so caches of entries of upper levels must be invalidated
    /// too.
    /// </param>
    /// <returns>A task that completes when no older translation is cached. If it fails, the memory is never used again.</returns>
    ValueTask InvalidateAsync(AddressRange range, bool onlyLeaves);

    /// <summary>Invalidates all translations of a process that has exited. Its pages and tables are freed after the returned task has completed.</summary>
    /// <returns>A task that completes when no walk reaches the tables and no translation is cached. If it fails, the memory is never used again.</returns>
    ValueTask ReleaseAsync();
}
