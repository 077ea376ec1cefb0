namespace IoAsid.Typed.Iommu;

/// <summary>
/// Whoever caches translations of a process: what MMU notifiers are in Linux. Called in steps of the machine. Both members invalidate: after a
/// release there is no other call.
/// </summary>
public interface IAddressSpaceObserver
{
    /// <summary>
    /// Entries in a range have changed or gone. Memory that was reached through them is used for something else when the result is complete: no
    /// translation made before the call may be used any more then.
    /// </summary>
    /// <param name="range">The range.</param>
    /// <param name="onlyLeaves">Whether only leaf entries changed. Otherwise tables are freed when the result is complete: caches of entries of upper levels count too.</param>
    /// <returns>Complete when nothing old is cached. If it fails, the memory is never used again.</returns>
    ValueTask InvalidateAsync(AddressRange range, bool onlyLeaves);

    /// <summary>The process has exited. When the result is complete its pages and tables are gone.</summary>
    /// <returns>Complete when nothing walks the tables and nothing of them is cached. If it fails, the memory is never used again.</returns>
    ValueTask ReleaseAsync();
}
