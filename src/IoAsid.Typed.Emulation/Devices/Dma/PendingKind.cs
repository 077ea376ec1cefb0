namespace IoAsid.Typed.Emulation;

/// <summary>What a pending request is.</summary>
internal enum PendingKind
{
    /// <summary>A read or an AtomicOp with an untranslated address.</summary>
    Untranslated,

    /// <summary>A read or an AtomicOp by a translation from the device TLB.</summary>
    Translated,

    /// <summary>A translation request.</summary>
    Translation,
}
