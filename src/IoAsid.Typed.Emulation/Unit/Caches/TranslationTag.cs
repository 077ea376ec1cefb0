using System.Runtime.InteropServices;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// What the IOTLB tags a translation with: the domain id, and the PASID where a first stage took part (architecture 6.2.1). Not the requester: two
/// domains that share a domain id hit each other's translations.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TranslationTag
{
    private const ulong HasPasid = 1UL << 48;

    private readonly ulong _bits;

    private TranslationTag(ulong bits) => _bits = bits;

    /// <summary>The tag of a translation by a second stage alone.</summary>
    public static TranslationTag OfDomain(ushort domain) => new(domain);

    /// <summary>The tag of a translation that a first stage took part in.</summary>
    public static TranslationTag OfPasid(ushort domain, uint pasid) => new(HasPasid | (ulong)pasid << 16 | domain);

    public ushort Domain => (ushort)_bits;

    public uint Pasid => (uint)(_bits >> 16);

    public bool IsOfPasid => (_bits & HasPasid) != 0;

    public ulong Bits => _bits;
}
