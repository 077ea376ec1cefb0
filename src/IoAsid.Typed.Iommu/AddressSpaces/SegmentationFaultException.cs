namespace IoAsid.Typed.Iommu;

/// <summary>A process accessed memory that it does not have, or not with these rights (SIGSEGV).</summary>
public sealed class SegmentationFaultException : Exception
{
    /// <summary>A failed access.</summary>
    /// <param name="address">The address.</param>
    /// <param name="access">What was tried.</param>
    /// <param name="outcome">Why it failed.</param>
    public SegmentationFaultException(ulong address, MemoryRights access, PageFaultOutcome outcome)
        : base($"{access} at 0x{address:X}: {Reason(outcome)}")
    {
        Address = address;
        Access = access;
        Outcome = outcome;
    }

    /// <summary>The address that could not be accessed.</summary>
    public ulong Address { get; }

    /// <summary>What was tried.</summary>
    public MemoryRights Access { get; }

    /// <summary>Why it failed.</summary>
    public PageFaultOutcome Outcome { get; }

    private static string Reason(PageFaultOutcome outcome) => outcome == PageFaultOutcome.NotAllowed
        ? "the area there does not allow it. Protect it with more rights first."
        : "nothing is mapped there. Map memory first.";
}
