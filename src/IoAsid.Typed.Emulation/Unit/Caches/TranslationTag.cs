using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// What the IOTLB tags a translation with: the domain id, and the PASID where a first stage took part (architecture 6.2.1). Not the requester: two
/// domains that share a domain id hit each other's translations.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TranslationTag
{
    private const ulong PasidBit = 1UL << 48;

    private readonly ulong _bits;

    private TranslationTag(ulong bits) => _bits = bits;

    /// <summary>The tag of a translation by a second stage alone.</summary>
    public static TranslationTag OfDomain(DomainId domain) => new(domain.Value);

    /// <summary>The tag of a translation that a first stage took part in.</summary>
    public static TranslationTag OfPasid(DomainId domain, Pasid pasid) => new(PasidBit | (ulong)pasid.Value << 16 | domain.Value);

    public DomainId Domain => new((ushort)_bits);

    public Pasid Pasid => new((uint)(_bits >> 16));

    public bool IsOfPasid => (_bits & PasidBit) != 0;

    public ulong Bits => _bits;
}
