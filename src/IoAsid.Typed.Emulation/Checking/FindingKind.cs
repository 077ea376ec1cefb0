namespace IoAsid.Typed.Emulation;

/// <summary>The kinds of errors that a <see cref="Finding"/> reports.</summary>
public enum FindingKind
{
    /// <summary>A request or a translation completion used a cached translation that the tables no longer contain.</summary>
    StaleTranslation,

    /// <summary>A device sent a translated request to a page to which the tables no longer translate.</summary>
    StaleDeviceTranslation,

    /// <summary>A device used a translation after it had completed the invalidation of the translation.</summary>
    UsedAfterInvalidation,

    /// <summary>A device sent a translated request to a page for which it never received a translation.</summary>
    TranslationNeverReceived,

    /// <summary>A page request of one life of a PASID reached a later life: the PASID was reused before it was drained.</summary>
    ReusedBeforeDrain,

    /// <summary>A response was sent for a page request group that was not outstanding.</summary>
    DuplicateResponse,

    /// <summary>A page request group got no response.</summary>
    MissingResponse,

    /// <summary>A walk began at an entry of a paging-structure cache, but the tables no longer lead to the table of the entry, or lead there with fewer rights.</summary>
    StaleStructure,

    /// <summary>
    /// Software used the unit in a way that the architecture forbids, or requested a feature that the unit does not have, or a device did not complete a request
    /// of the unit.
    /// </summary>
    Misuse,

    /// <summary>
    /// A write, or a translation completion that allows writes, used a cached translation, and the tables now keep a dirty bit that it did not set. Software that
    /// relies on the bit loses the write.
    /// </summary>
    MissedDirtyBit,
}
