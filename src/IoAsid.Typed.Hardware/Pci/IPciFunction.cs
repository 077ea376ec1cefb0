namespace IoAsid.Typed.Hardware;

/// <summary>A PCI function as its driver and the IOMMU driver see it, with its capabilities and registers.</summary>
public interface IPciFunction
{
    /// <summary>The requester id of the function.</summary>
    RequesterId RequesterId { get; }

    /// <summary>Gets a value indicating whether the function is on the bus. It is false after a removal.</summary>
    bool IsPresent { get; }

    /// <summary>Gets or sets a value indicating whether the function may send requests (Bus Master Enable of the Command register).</summary>
    bool BusMasterEnabled { get; set; }

    /// <summary>The registers (memory of a base address register).</summary>
    IRegisterBlock Registers { get; }

    /// <summary>The command portals (memory of a second base address register). Empty if the function has none.</summary>
    IReadOnlyList<ICommandPortal> Portals { get; }

    /// <summary>The PASID capability, or null if the function has none.</summary>
    IPasidCapability? Pasid { get; }

    /// <summary>The ATS capability, or null if the function has none.</summary>
    IAtsCapability? Ats { get; }

    /// <summary>The page request capability, or null if the function has none.</summary>
    IPriCapability? Pri { get; }

    /// <summary>Sets the message of an interrupt of the function (an entry of its MSI-X table).</summary>
    /// <param name="entry">The index of the entry.</param>
    /// <param name="message">The message. Null masks the entry.</param>
    /// <exception cref="ArgumentOutOfRangeException">The function has no such entry.</exception>
    void SetInterrupt(int entry, InterruptMessage? message);

    /// <summary>
    /// Resets the function (FLR). The function drops its work and settings, and its capabilities are disabled. Requests that were sent before stay in flight.
    /// </summary>
    /// <param name="cancellationToken">Cancels the wait. The reset continues.</param>
    /// <returns>A task that completes when the function responds again.</returns>
    ValueTask ResetAsync(CancellationToken cancellationToken = default);
}
