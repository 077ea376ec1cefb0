namespace IoAsid.Typed;

/// <summary>The edges in the life of an id, in their order: <c>Allocated (Bound Unbound)* [Bound] Freed Reclaimed</c>.</summary>
public enum IoAsidEventKind
{
    /// <summary>The id was allocated. Told before the allocation returns, unless an observer allocates: then after the event it is being told.</summary>
    Allocated,

    /// <summary>The first binding of an id that had none.</summary>
    Bound,

    /// <summary>The last binding was completed, before the id was freed. A completion after the free is not told: there is nothing left to unbind.</summary>
    Unbound,

    /// <summary>The id was freed. It stays pending until the last hold, reference and binding is gone.</summary>
    Freed,

    /// <summary>Nothing refers to the id any more. Told before the number can be allocated again.</summary>
    Reclaimed,
}
