namespace IoAsid.Typed.Analyzers.UntypedLookups;

/// <summary>Whether a lookup has a set to look in, as far as the code at hand can tell.</summary>
internal enum SetPresence
{
    /// <summary>The member has no parameter for a set, or nobody can see what it will be called with.</summary>
    Unspecified,

    /// <summary>The set is null.</summary>
    Null,

    /// <summary>The set is null on some path.</summary>
    MaybeNull,

    /// <summary>The set is there on every path.</summary>
    There,
}
