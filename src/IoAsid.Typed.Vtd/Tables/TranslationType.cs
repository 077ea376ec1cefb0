namespace IoAsid.Typed.Vtd;

/// <summary>TT of a legacy context entry: which requests are translated, and how.</summary>
public enum TranslationType
{
    /// <summary>
    /// Untranslated requests go through the second stage; translation requests and translated requests are blocked.
    /// </summary>
    UntranslatedOnly = 0,

    /// <summary>
    /// As <see cref="UntranslatedOnly"/>, and translation requests and translated requests are served. Needs ECAP.DT.
    /// </summary>
    AllRequests = 1,

    /// <summary>Untranslated requests pass through; others are blocked. Needs ECAP.PT.</summary>
    PassThrough = 2,
}
