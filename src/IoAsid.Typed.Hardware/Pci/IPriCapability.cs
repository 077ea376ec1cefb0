namespace IoAsid.Typed.Hardware;

/// <summary>The page request extended capability (PCIe, Page Request Extended Capability).</summary>
public interface IPriCapability
{
    /// <summary>The largest number of outstanding page requests that the function supports (Outstanding Page Request Capacity).</summary>
    int Capacity { get; }

    /// <summary>
    /// The largest number of outstanding page requests that the function may have (Outstanding Page Request Allocation). It is set before <see
    /// cref="Enabled"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is less than 1 or exceeds <see cref="Capacity"/>.</exception>
    /// <exception cref="InvalidOperationException">Page requests are enabled.</exception>
    int Allocation { get; set; }

    /// <summary>Gets a value indicating whether responses to this function must carry the PASID (PRG Response PASID Required).</summary>
    bool ResponsePasidRequired { get; }

    /// <summary>
    /// Gets or sets a value indicating whether the function may send page requests. After it is cleared, the function sends no new request, and outstanding
    /// requests still get their responses.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// The value was set before ATS was enabled, or without a reset after an earlier use (see <see cref="Stopped"/>).
    /// </exception>
    bool Enabled { get; set; }

    /// <summary>Gets a value indicating whether <see cref="Enabled"/> is cleared and no request is outstanding.</summary>
    bool Stopped { get; }

    /// <summary>
    /// Gets a value indicating whether a response named a group that was not outstanding (Unexpected Page Request Group Index). <see cref="Reset"/> clears it.
    /// </summary>
    bool UnexpectedGroupIndex { get; }

    /// <summary>
    /// Gets a value indicating whether the function got the response Response Failure and stopped sending page requests. <see cref="Reset"/> clears it.
    /// </summary>
    bool ResponseFailure { get; }

    /// <summary>Clears the credits and the status of earlier requests. The interface must be disabled and stopped.</summary>
    /// <exception cref="InvalidOperationException">The interface is enabled, or requests are still outstanding.</exception>
    void Reset();
}
