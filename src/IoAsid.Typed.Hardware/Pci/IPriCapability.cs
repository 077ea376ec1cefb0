namespace IoAsid.Typed.Hardware;

/// <summary>The page request extended capability (PCIe, Page Request Extended Capability).</summary>
public interface IPriCapability
{
    /// <summary>How many page requests the function can have outstanding (Outstanding Page Request Capacity).</summary>
    int Capacity { get; }

    /// <summary>
    /// How many it may have outstanding (Outstanding Page Request Allocation). Set before <see cref="Enabled"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">More than <see cref="Capacity"/>, or less than 1.</exception>
    /// <exception cref="InvalidOperationException">Set while page requests are enabled.</exception>
    int Allocation { get; set; }

    /// <summary>Whether responses to this function must carry the PASID (PRG Response PASID Required).</summary>
    bool ResponsePasidRequired { get; }

    /// <summary>
    /// Whether the function may send page requests. Taking it away stops new ones; those under way are still answered.
    /// </summary>
    /// <exception cref="InvalidOperationException">Set before ATS is enabled, or before a reset after an earlier run (see <see
    /// cref="Stopped"/>).</exception>
    bool Enabled { get; set; }

    /// <summary>True when no request is outstanding any more after <see cref="Enabled"/> was taken away.</summary>
    bool Stopped { get; }

    /// <summary>
    /// A response named a group that was not outstanding (Unexpected Page Request Group Index). Cleared by <see cref="Reset"/>.
    /// </summary>
    bool UnexpectedGroupIndex { get; }

    /// <summary>
    /// The function got a response of failure and has stopped asking (Response Failure). Cleared by <see cref="Reset"/>.
    /// </summary>
    bool ResponseFailure { get; }

    /// <summary>Clears the credits and the outcome of earlier requests. Only while not enabled and stopped.</summary>
    /// <exception cref="InvalidOperationException">The interface is enabled, or requests are still outstanding.</exception>
    void Reset();
}
