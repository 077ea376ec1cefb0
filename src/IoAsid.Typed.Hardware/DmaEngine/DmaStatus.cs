namespace IoAsid.Typed.Hardware;

/// <summary>How a descriptor ended. A memory write that a unit drops is not seen by the engine: it is posted.</summary>
public enum DmaStatus
{
    /// <summary>Not yet.</summary>
    None = 0,

    /// <summary>Done.</summary>
    Success = 1,

    /// <summary>The address may not be accessed so, and it was not to be, or could not be, asked for.</summary>
    PageFault = 2,

    /// <summary>The page was asked for, and the answer was no.</summary>
    PageRequestRefused = 3,

    /// <summary>A read, an AtomicOp or a translation request was refused.</summary>
    RequestRefused = 4,

    /// <summary>The descriptor makes no sense: unknown operation or flag, or an address not aligned.</summary>
    InvalidDescriptor = 5,

    /// <summary>The function may not send requests (bus master), or not with this PASID.</summary>
    NotEnabled = 6,

    /// <summary>Given up because the PASID was aborted.</summary>
    Aborted = 7,

    /// <summary>The queue was full, or not enabled.</summary>
    NotAccepted = 8,
}
