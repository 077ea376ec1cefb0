namespace IoAsid.Typed;

/// <summary>The result of a free.</summary>
public enum IoAsidFreeResult
{
    /// <summary>The id is freed and its number is back in the pool.</summary>
    Reclaimed,

    /// <summary>The id is freed and lookups do not find it. Holds, references, bindings or observers still keep its number; the end of the last one reclaims it.</summary>
    Pending,

    /// <summary>The id was freed before, or the handle is a mixture of two. Nothing changed.</summary>
    AlreadyFreed,
}
