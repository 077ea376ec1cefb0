namespace IoAsid.Typed.Allocation;

/// <summary>What becomes of a number after a life.</summary>
internal enum NumberFate
{
    /// <summary>It is free again, under the next generation.</summary>
    Reusable,

    /// <summary>Its generations are used up.</summary>
    Retired,

    /// <summary>The custom allocator could not take it back, so its owner may still use it.</summary>
    Quarantined,
}
