namespace IoAsid.Typed.Analyzers;

/// <summary>The purpose of a callback.</summary>
internal enum CallbackRole
{
    /// <summary>Looks at data inside a lookup.</summary>
    Getter,

    /// <summary>An observer, which is notified of an edge in the life of an id on the thread that makes the edge.</summary>
    Observer,

    /// <summary>Decides the numbers of a space. May wait, one call at a time.</summary>
    Allocator,
}
