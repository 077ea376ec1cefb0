namespace IoAsid.Typed.DmaEngine;

/// <summary>The result of a descriptor. A memory write that a unit drops has no effect on the result, because writes are posted.</summary>
public enum DmaStatus
{
    /// <summary>The descriptor is not complete.</summary>
    None = 0,

    /// <summary>The descriptor completed without an error.</summary>
    Success = 1,

    /// <summary>The address does not allow the access, and the page was not requested.</summary>
    PageFault = 2,

    /// <summary>The page was requested, and the response was not Success.</summary>
    PageRequestRefused = 3,

    /// <summary>A read, an AtomicOp or a translation request was refused.</summary>
    RequestRefused = 4,

    /// <summary>The descriptor has an unknown operation or flag, or a misaligned address.</summary>
    InvalidDescriptor = 5,

    /// <summary>The function is not enabled to send requests (bus master), or to send them with this PASID.</summary>
    NotEnabled = 6,

    /// <summary>The PASID was aborted.</summary>
    Aborted = 7,

    /// <summary>The queue was full or not enabled.</summary>
    NotAccepted = 8,
}
