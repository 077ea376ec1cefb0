namespace IoAsid.Typed.Iommu;

/// <summary>The exception for an access of a process to memory that is not mapped or does not allow the access (SIGSEGV).</summary>
public sealed class SegmentationFaultException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="address">The address.</param>
    /// <param name="access">The access.</param>
    /// <param name="outcome">The reason for the failure.</param>
    public SegmentationFaultException(ulong address, MemoryRights access, PageFaultOutcome outcome)
        : base($"{access} at 0x{address:X}: {Reason(outcome)}")
    {
        Address = address;
        Access = access;
        Outcome = outcome;
    }

    /// <summary>The address of the access.</summary>
    public ulong Address { get; }

    /// <summary>The access.</summary>
    public MemoryRights Access { get; }

    /// <summary>The reason for the failure.</summary>
    public PageFaultOutcome Outcome { get; }

    private static string Reason(PageFaultOutcome outcome) => outcome == PageFaultOutcome.NotAllowed
        ? "the area does not allow the access. Protect the area with more rights first."
        : "the address is not mapped. Map memory first.";
}
