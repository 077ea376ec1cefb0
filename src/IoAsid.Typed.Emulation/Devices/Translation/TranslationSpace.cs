namespace IoAsid.Typed.Emulation;

/// <summary>Whose translation it is: a PASID and a privilege, no PASID at all, or every PASID.</summary>
/// <param name="Code">Tells them apart.</param>
internal readonly record struct TranslationSpace(uint Code)
{
    private const uint PasidBit = 1u << 31;
    private const uint Privileged = 1u << 30;
    private const uint AnyPasidBit = 1u << 29;

    /// <summary>Whether translations of it hold for every PASID.</summary>
    public bool IsGlobal => (Code & AnyPasidBit) != 0;

    /// <summary>The translations of one PASID, or of requests without.</summary>
    public static TranslationSpace Of(PasidPrefix prefix) =>
        new((prefix.IsPresent ? PasidBit | prefix.Pasid.Value : 0) | PrivilegeOf(prefix));

    /// <summary>The translations that hold for every PASID.</summary>
    public static TranslationSpace GlobalOf(PasidPrefix prefix) => new(AnyPasidBit | PrivilegeOf(prefix));

    /// <summary>Whether an invalidation is about it. One for a PASID leaves what holds for every PASID.</summary>
    public bool IsMeantBy(in InvalidateRequestMessage message) =>
        message.AllPasids || (Code & ~Privileged) == (Of(message.Prefix).Code & ~Privileged);

    private static uint PrivilegeOf(PasidPrefix prefix) => prefix.PrivilegedModeRequested ? Privileged : 0;
}
