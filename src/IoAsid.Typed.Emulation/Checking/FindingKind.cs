namespace IoAsid.Typed.Emulation;

/// <summary>What a <see cref="Finding"/> is about.</summary>
public enum FindingKind
{
    /// <summary>A request, or the answer to a translation request, used a cached translation that the tables do not give any more.</summary>
    StaleTranslation,

    /// <summary>A device sent a translated request to a page that the tables do not give it any more.</summary>
    StaleDeviceTranslation,

    /// <summary>A device used a translation after it had completed its invalidation.</summary>
    UsedAfterInvalidation,

    /// <summary>A device sent a translated request to a page that it was never given.</summary>
    TranslationNeverGiven,

    /// <summary>A page request of an earlier life of its PASID reached a later one: the PASID was used again before it was drained.</summary>
    ReusedBeforeDrain,

    /// <summary>A group of page requests was answered that was not open: twice, or never asked.</summary>
    ResponseDoubled,

    /// <summary>A group of page requests was never answered.</summary>
    ResponseMissing,

    /// <summary>A walk began at a cached entry of an upper level, and the tables no longer lead to the table of that entry, or with fewer rights.</summary>
    StaleStructure,

    /// <summary>
    /// Software used the unit in a way that the architecture forbids or asked for a feature that the unit does not have, or a device did not do what the unit
    /// asked of it.
    /// </summary>
    Misuse,
}
