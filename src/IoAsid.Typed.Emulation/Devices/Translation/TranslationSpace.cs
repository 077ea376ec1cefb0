namespace IoAsid.Typed.Emulation;

/// <summary>The scope of a cached translation: a PASID with a privilege level, requests without PASID, or all PASIDs.</summary>
/// <param name="Code">The scope as a number.</param>
internal readonly record struct TranslationSpace(uint Code)
{
    private const uint PasidBit = 1u << 31;
    private const uint Privileged = 1u << 30;
    private const uint AnyPasidBit = 1u << 29;

    /// <summary>Gets a value indicating whether the translation applies to all PASIDs.</summary>
    public bool IsGlobal => (Code & AnyPasidBit) != 0;

    /// <summary>Returns the scope of a PASID, or of requests without PASID.</summary>
    public static TranslationSpace Of(PasidPrefix prefix) =>
        new((prefix.IsPresent ? PasidBit | prefix.Pasid.Value : 0) | PrivilegeOf(prefix));

    /// <summary>Returns the scope of translations that apply to all PASIDs.</summary>
    public static TranslationSpace GlobalOf(PasidPrefix prefix) => new(AnyPasidBit | PrivilegeOf(prefix));

    /// <summary>Returns true if an invalidation applies to the scope. An invalidation of one PASID does not apply to translations for all PASIDs.</summary>
    public bool IsCoveredBy(in InvalidateRequestMessage message) =>
        message.AllPasids || (Code & ~Privileged) == (Of(message.Prefix).Code & ~Privileged);

    private static uint PrivilegeOf(PasidPrefix prefix) => prefix.PrivilegedModeRequested ? Privileged : 0;
}
