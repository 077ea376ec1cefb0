namespace IoAsid.Typed;

/// <summary>The reason of a failed allocation. The first value that applies is reported.</summary>
public enum IoAsidAllocationFailure
{
    /// <summary>The allocation succeeded.</summary>
    None,

    /// <summary>The set or one above it is closed, or the space is disposed.</summary>
    SetClosed,

    /// <summary>The nearest quota upwards is used up.</summary>
    QuotaExhausted,

    /// <summary>The space has no room left: its numbers are allocated, or granted to quotas and capacity reservations.</summary>
    CapacityExhausted,

    /// <summary>There is room, but no number in the requested range is free.</summary>
    RangeExhausted,

    /// <summary>The custom allocator returned no number.</summary>
    AllocatorRefused,

    /// <summary>The custom allocator threw, or returned a number that is out of range or in use. <see cref="IoAsidSpace.Faulted"/> reports which.</summary>
    AllocatorFailed,
}
