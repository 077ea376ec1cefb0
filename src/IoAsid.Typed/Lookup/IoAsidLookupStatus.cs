namespace IoAsid.Typed;

/// <summary>What a lookup found, in the order in which it is decided: the first that applies is the answer.</summary>
public enum IoAsidLookupStatus
{
    /// <summary>Nothing is allocated under this number, or the number lies outside the space.</summary>
    NotFound,

    /// <summary>The number belongs to a set that is neither the one asked nor below it.</summary>
    OtherSet,

    /// <summary>The id was freed and something still holds it: no data and no new holds until the number is reclaimed.</summary>
    FreePending,

    /// <summary>The id is allocated and has no data.</summary>
    NoData,

    /// <summary>The getter looked at the data and said no.</summary>
    Rejected,

    /// <summary>The data is here.</summary>
    Found,
}
