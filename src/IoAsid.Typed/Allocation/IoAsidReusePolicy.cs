namespace IoAsid.Typed;

/// <summary>The policy that chooses among free numbers.</summary>
public enum IoAsidReusePolicy
{
    /// <summary>The lowest free number in the range, as in Linux. The tables that hardware walks stay small, and a number is used again at once.</summary>
    Lowest,

    /// <summary>
    /// The next free number after the last one allocated in the space, wrapping round in the range. A number rests before it is used again, so a late fault of its old life
    /// finds no new life. The space has one cursor, as in Linux's <c>idr_alloc_cyclic</c>. If the cursor lies outside the requested range, the lowest free number is taken.
    /// </summary>
    Cyclic,

    /// <summary>
    /// A free number near the lowest. A set takes up to 64 numbers at once, and its next allocations and frees use them without the lock of the space, so threads that use different
    /// sets do not wait for each other. Counts stay exact, and an allocation fails only if no set has a suitable free number left. A space with observers allocates as with <see cref="Lowest"/>.
    /// </summary>
    Relaxed,
}
