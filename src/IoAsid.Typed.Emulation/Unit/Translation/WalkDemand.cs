namespace IoAsid.Typed.Emulation;

/// <summary>The access that a request needs.</summary>
[Flags]
internal enum WalkDemand : byte
{
    /// <summary>The page must be present.</summary>
    None = 0,

    Read = 1 << 0,

    Write = 1 << 1,

    Execute = 1 << 2,

    /// <summary>The request is privileged (supervisor).</summary>
    Privileged = 1 << 3,

    /// <summary>
    /// The request is a translation request. A missing right is a valid result and no fault. D is set if the result grants write, because the device sends no further request.
    /// </summary>
    TranslationRequest = 1 << 4,

    /// <summary>The walk changes nothing in memory, for the checker.</summary>
    Peek = 1 << 5,

    /// <summary>The page must be writable, although nothing is written. This applies to first-stage tables with nested translation and SSADE (VT-d 3.8.1).</summary>
    MustBeWritable = 1 << 6,
}

/// <summary>The query of <see cref="WalkDemand"/>.</summary>
internal static class WalkDemandExtensions
{
    /// <summary>Returns true if a flag is set.</summary>
    public static bool Has(this WalkDemand demand, WalkDemand flag) => (demand & flag) != WalkDemand.None;
}
