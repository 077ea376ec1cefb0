namespace IoAsid.Typed.Analyzers.Drivers;

/// <summary>What a callback is called for.</summary>
internal enum CallbackRole
{
    /// <summary>Looks at data inside a lookup.</summary>
    Getter,

    /// <summary>Is told of an edge in the life of an id, on the thread that makes it.</summary>
    Observer,

    /// <summary>Decides the numbers of a space. May wait, one call at a time.</summary>
    Allocator,
}
