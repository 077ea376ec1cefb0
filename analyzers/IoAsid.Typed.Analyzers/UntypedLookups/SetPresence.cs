namespace IoAsid.Typed.Analyzers;

/// <summary>The presence of a set to look in, as far as the code can tell.</summary>
internal enum SetPresence
{
    /// <summary>The member has no parameter for a set, or its argument cannot be seen.</summary>
    Unspecified,

    /// <summary>The set is null.</summary>
    Null,

    /// <summary>The set is null on some path.</summary>
    MaybeNull,

    /// <summary>The set is there on every path.</summary>
    There,
}
