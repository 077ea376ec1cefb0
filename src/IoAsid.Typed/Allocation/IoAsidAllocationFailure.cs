namespace IoAsid.Typed;

/// <summary>Why an allocation failed. The first that applies is given.</summary>
public enum IoAsidAllocationFailure
{
    /// <summary>It did not fail.</summary>
    None,

    /// <summary>The set or one above it is closed, or the space is disposed.</summary>
    SetClosed,

    /// <summary>The nearest quota upwards is used up.</summary>
    QuotaExhausted,

    /// <summary>The space has no room left: its numbers are allocated, or granted to quotas and capacity reservations.</summary>
    CapacityExhausted,

    /// <summary>There is room, but no number in the range asked for is free.</summary>
    RangeExhausted,

    /// <summary>The custom allocator had no number to give.</summary>
    AllocatorRefused,

    /// <summary>The custom allocator threw, or gave a number that is out of range or in use. <see cref="IoAsidSpace.Faulted"/> says which.</summary>
    AllocatorFailed,
}
