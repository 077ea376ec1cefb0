namespace IoAsid.Typed;

/// <summary>Which free number an allocation takes.</summary>
public enum IoAsidReusePolicy
{
    /// <summary>The lowest free one in the range, as Linux does: the tables that hardware walks stay small, and a number is used again at once.</summary>
    Lowest,

    /// <summary>
    /// The next one after the last allocated in the space, wrapping round in the range, so that a number rests before it is used again: a late fault of its old life
    /// then meets nobody. There is one cursor for the space, as with Linux's <c>idr_alloc_cyclic</c>; where it lies outside the range asked for, the lowest is taken.
    /// </summary>
    Cyclic,
}
