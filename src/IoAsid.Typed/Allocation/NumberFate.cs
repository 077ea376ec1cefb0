namespace IoAsid.Typed.Allocation;

/// <summary>The fate of a number after a life.</summary>
internal enum NumberFate
{
    /// <summary>The number is free again, with the next generation.</summary>
    Reusable,

    /// <summary>The generations of the number are used up.</summary>
    Retired,

    /// <summary>The custom allocator could not take the number back, so the allocator's owner may still use it.</summary>
    Quarantined,
}
