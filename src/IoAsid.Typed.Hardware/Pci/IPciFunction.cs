namespace IoAsid.Typed.Hardware;

/// <summary>A PCI function as its driver and the IOMMU driver see it: what it is able to do, and its registers.</summary>
public interface IPciFunction
{
    /// <summary>The id on its requests.</summary>
    RequesterId RequesterId { get; }

    /// <summary>Whether it still answers. A function that was pulled out does not.</summary>
    bool IsPresent { get; }

    /// <summary>Whether it may send requests of its own (the Command register's Bus Master Enable).</summary>
    bool BusMasterEnabled { get; set; }

    /// <summary>Its registers (memory behind a base address register).</summary>
    IRegisterBlock Registers { get; }

    /// <summary>Its portals for commands (memory behind a second base address register); empty if it has none.</summary>
    IReadOnlyList<ICommandPortal> Portals { get; }

    /// <summary>PASID capability; null if the function has none.</summary>
    IPasidCapability? Pasid { get; }

    /// <summary>Address translation services; null if the function has none.</summary>
    IAtsCapability? Ats { get; }

    /// <summary>Page request interface; null if the function has none.</summary>
    IPriCapability? Pri { get; }

    /// <summary>Sets where the function sends its own interrupts (an entry of its MSI-X table).</summary>
    /// <param name="entry">The entry, from 0.</param>
    /// <param name="message">The message; null turns the entry off.</param>
    /// <exception cref="ArgumentOutOfRangeException">The function has no such entry.</exception>
    void SetInterrupt(int entry, InterruptMessage? message);

    /// <summary>
    /// Function-level reset: the function forgets its work and its settings, capabilities are disabled. What it sent before is
    /// still on its way.
    /// </summary>
    /// <param name="cancellationToken">Cancels the wait. The reset goes on.</param>
    /// <returns>Completes when the function answers again.</returns>
    ValueTask ResetAsync(CancellationToken cancellationToken = default);
}
