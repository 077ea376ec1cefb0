namespace IoAsid.Typed;

/// <summary>The result of a lookup, in the order of decision: the first value that applies is the result.</summary>
public enum IoAsidLookupStatus
{
    /// <summary>Nothing is allocated under this number, or the number lies outside the space.</summary>
    NotFound,

    /// <summary>The number belongs to a set that is neither the set of the lookup nor a set below it.</summary>
    OtherSet,

    /// <summary>The id was freed and still has references: no data and no new holds until the number is reclaimed.</summary>
    FreePending,

    /// <summary>The id is allocated and has no data.</summary>
    NoData,

    /// <summary>The getter rejected the data.</summary>
    Rejected,

    /// <summary>The id has data.</summary>
    Found,
}
