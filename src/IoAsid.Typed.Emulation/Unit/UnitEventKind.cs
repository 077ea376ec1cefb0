namespace IoAsid.Typed.Emulation;

/// <summary>What a <see cref="UnitEvent"/> tells of.</summary>
internal enum UnitEventKind
{
    /// <summary>A request was refused: address, and the reason code. Told whether a record was made or not.</summary>
    Fault,

    /// <summary>A descriptor was carried out: its first and its second 8 bytes.</summary>
    Invalidation,

    /// <summary>A wait descriptor is complete: the status address and data, if it wrote them.</summary>
    WaitCompleted,

    /// <summary>A page request has arrived: address, and the group; bit 16 is set if it ends a group that is to be answered.</summary>
    PageRequestArrived,

    /// <summary>A device has completed an invalidation: address and size as sent, and 1 if it was for all PASIDs.</summary>
    DeviceTlbInvalidated,

    /// <summary>A page request was written to the ring: address, and where in the ring.</summary>
    PageRequestQueued,

    /// <summary>A page request was refused or found no room: address, and the group.</summary>
    PageRequestDropped,

    /// <summary>A response was sent to a device, by software: the group and the response code.</summary>
    ResponseSent,

    /// <summary>A response was sent to a device by the unit itself: the group and the response code.</summary>
    AutomaticResponse,

    /// <summary>A command took effect: the register's offset, and what was written.</summary>
    Command,
}
