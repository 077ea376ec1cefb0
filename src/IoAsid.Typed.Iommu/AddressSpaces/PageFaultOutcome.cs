namespace IoAsid.Typed.Iommu;

/// <summary>The outcome of a page fault.</summary>
public enum PageFaultOutcome
{
    /// <summary>The page is present and allows the access. The access can be tried again.</summary>
    Handled,

    /// <summary>The address is not mapped (SIGSEGV, SEGV_MAPERR).</summary>
    NoArea,

    /// <summary>The area does not allow the access (SIGSEGV, SEGV_ACCERR).</summary>
    NotAllowed,

    /// <summary>No memory is left for the page or its tables (VM_FAULT_OOM).</summary>
    NoMemory,

    /// <summary>The process has begun to exit.</summary>
    Exited,
}
