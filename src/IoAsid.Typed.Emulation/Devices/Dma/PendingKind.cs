namespace IoAsid.Typed.Emulation;

/// <summary>The kinds of pending requests.</summary>
internal enum PendingKind
{
    /// <summary>A read or an AtomicOp with an untranslated address.</summary>
    Untranslated,

    /// <summary>A read or an AtomicOp with an address from the device TLB.</summary>
    Translated,

    /// <summary>A translation request.</summary>
    Translation,
}
