namespace IoAsid.Typed.Emulation;

/// <summary>The kinds of results of a translation.</summary>
internal enum TranslationKind : byte
{
    /// <summary>The request is blocked.</summary>
    Blocked,

    /// <summary>The output is the input: translation is disabled, or the entry is pass-through.</summary>
    Identity,

    /// <summary>The output is from a walk or from the IOTLB.</summary>
    Mapped,

    /// <summary>The address is in the interrupt range. The request is an interrupt, or a translation request for one. It is not translated.</summary>
    Interrupt,
}
