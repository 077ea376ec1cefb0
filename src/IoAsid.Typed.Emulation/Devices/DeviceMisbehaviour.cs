namespace IoAsid.Typed.Emulation;

/// <summary>What a function does that it must not. Each can be seen: by the unit, by a checker, or in memory.</summary>
[Flags]
public enum DeviceMisbehaviour
{
    /// <summary>It behaves.</summary>
    None = 0,

    /// <summary>Keeps its translations and never completes an invalidation.</summary>
    IgnoresInvalidation = 1,

    /// <summary>Completes invalidations, and keeps the translations.</summary>
    KeepsInvalidated = 2,

    /// <summary>Completes invalidations only after <see cref="FunctionOptions.LateBy"/>.</summary>
    CompletesInvalidationLate = 4,

    /// <summary>Completes invalidations under a tag that nobody used.</summary>
    CompletesWithWrongTag = 8,

    /// <summary>Completes each invalidation twice.</summary>
    CompletesTwice = 16,

    /// <summary>Sends requests as translated to addresses it was given no translation for.</summary>
    SendsUngivenTranslated = 32,

    /// <summary>Sends page requests beyond its allocation.</summary>
    ExceedsPageRequestCredit = 64,

    /// <summary>Never says which page request is the last of its group: no group is ever complete.</summary>
    NeverSendsLast = 128,

    /// <summary>
    /// Puts another PASID on its requests than it was given: the neighbour, whose number differs in the lowest bit.
    /// </summary>
    UsesForeignPasid = 256,

    /// <summary>Goes on reading with a PASID after it has said that it stopped.</summary>
    UsesPasidAfterStop = 512,
}
