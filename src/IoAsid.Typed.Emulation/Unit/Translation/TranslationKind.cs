namespace IoAsid.Typed.Emulation;

/// <summary>What becomes of a request.</summary>
internal enum TranslationKind : byte
{
    /// <summary>Refused.</summary>
    Blocked,

    /// <summary>It goes to the address as it is: no translation, or pass-through.</summary>
    Identity,

    /// <summary>It goes to the page a walk found, or a cache remembered.</summary>
    Mapped,

    /// <summary>Its address lies in the interrupt range: it is an interrupt, or asks for the translation of one. It is never translated.</summary>
    Interrupt,
}
