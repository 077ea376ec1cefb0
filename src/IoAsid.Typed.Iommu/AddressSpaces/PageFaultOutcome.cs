namespace IoAsid.Typed.Iommu;

/// <summary>How a page fault ended.</summary>
public enum PageFaultOutcome
{
    /// <summary>The page is there now, with the rights that were asked for: the access can be tried again.</summary>
    Handled,

    /// <summary>Nothing is mapped at the address (SIGSEGV, SEGV_MAPERR).</summary>
    NoArea,

    /// <summary>The area does not allow the access (SIGSEGV, SEGV_ACCERR).</summary>
    NotAllowed,

    /// <summary>There is no memory for the page or its tables (VM_FAULT_OOM).</summary>
    NoMemory,

    /// <summary>The process has begun to exit.</summary>
    Exited,
}
