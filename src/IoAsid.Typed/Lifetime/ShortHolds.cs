namespace IoAsid.Typed.Lifetime;

/// <summary>The ids that a hold through a set takes in the short way. All other holds take the long way.</summary>
internal enum ShortHolds : byte
{
    /// <summary>None, because the space tracks holders.</summary>
    None,

    /// <summary>The ids of the set itself. The hold checks the owner.</summary>
    OwnIds,

    /// <summary>All ids of a root and of the sets below it, because the root's table has no others.</summary>
    AllIds,
}
