namespace IoAsid.Typed;

/// <summary>The edges in the life of an id, in their order: <c>Allocated (Bound Unbound)* [Bound] Freed Reclaimed</c>.</summary>
public enum IoAsidEventKind
{
    /// <summary>The id was allocated. Raised before the allocation returns. For an allocation by an observer, raised after the event that the observer handles.</summary>
    Allocated,

    /// <summary>The first binding of an id that had none.</summary>
    Bound,

    /// <summary>The last binding was completed, before the id was freed. A completion after the free is no event.</summary>
    Unbound,

    /// <summary>The id was freed. It stays pending until the last hold, reference and binding is gone.</summary>
    Freed,

    /// <summary>The last reference to the id is gone. Raised before the number can be allocated again.</summary>
    Reclaimed,
}
