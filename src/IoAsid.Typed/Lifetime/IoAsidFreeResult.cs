namespace IoAsid.Typed;

/// <summary>What a free did.</summary>
public enum IoAsidFreeResult
{
    /// <summary>The id is gone and its number back in the pool.</summary>
    Reclaimed,

    /// <summary>The id is gone for lookups; holds, references, bindings or observers still keep its number, and the last one of them reclaims it.</summary>
    Pending,

    /// <summary>It was freed before. Nothing happened.</summary>
    AlreadyFreed,
}
