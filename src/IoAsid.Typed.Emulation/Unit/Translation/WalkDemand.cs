namespace IoAsid.Typed.Emulation;

/// <summary>What a request wants of a page.</summary>
[Flags]
internal enum WalkDemand : byte
{
    /// <summary>Nothing but that the page is there.</summary>
    None = 0,

    Read = 1 << 0,

    Write = 1 << 1,

    Execute = 1 << 2,

    /// <summary>The request is a supervisor's.</summary>
    Privileged = 1 << 3,

    /// <summary>
    /// A translation request: a missing right is an answer and no fault, and D is set where the answer allows writing, as nobody asks again.
    /// </summary>
    Ask = 1 << 4,

    /// <summary>Changes nothing in memory: the checker looks on.</summary>
    Peek = 1 << 5,

    /// <summary>The page must be writable, although nothing is written: nested, a first-stage table where SSADE is set (VT-d 3.8.1).</summary>
    MustBeWritable = 1 << 6,
}

/// <summary>Reads <see cref="WalkDemand"/>.</summary>
internal static class WalkDemandReading
{
    /// <summary>Whether something is wanted.</summary>
    public static bool Has(this WalkDemand demand, WalkDemand flag) => (demand & flag) != WalkDemand.None;
}
