namespace IoAsid.Typed.Emulation;

/// <summary>The kinds of <see cref="UnitEvent"/>.</summary>
internal enum UnitEventKind
{
    /// <summary>A request was blocked. The values are the address and the reason code. The event is raised with and without a fault record.</summary>
    Fault,

    /// <summary>A descriptor was executed. The values are its first two words.</summary>
    Invalidation,

    /// <summary>A wait descriptor is complete. The values are the status address and the status data.</summary>
    WaitCompleted,

    /// <summary>A page request has arrived. The values are the address and the group index; bit 16 is set if the request ends a group that needs a response.</summary>
    PageRequestArrived,

    /// <summary>A device has completed an invalidation. The values are the address with the size bits, and 1 for an invalidation of all PASIDs.</summary>
    DeviceTlbInvalidated,

    /// <summary>A page request was written to the page request queue. The values are the address and the offset in the queue.</summary>
    PageRequestQueued,

    /// <summary>A page request was blocked, or the page request queue was full. The values are the address and the group index.</summary>
    PageRequestDropped,

    /// <summary>Software sent a response to a device. The values are the group index and the response code.</summary>
    ResponseSent,

    /// <summary>The unit sent a response to a device. The values are the group index and the response code.</summary>
    AutomaticResponse,

    /// <summary>A command took effect. The values are the offset of the register and the written value.</summary>
    Command,
}
