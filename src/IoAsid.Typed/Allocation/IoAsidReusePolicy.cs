namespace IoAsid.Typed;

/// <summary>Which free number an allocation takes.</summary>
public enum IoAsidReusePolicy
{
    /// <summary>The lowest free one in the range, as Linux does: the tables that hardware walks stay small, and a number is used again at once.</summary>
    Lowest,

    /// <summary>
    /// The next one after the last allocated, wrapping round in the range, so that a number rests as long as possible before it is used again: a late
    /// fault of its old life then meets nobody.
    /// </summary>
    Cyclic,
}
