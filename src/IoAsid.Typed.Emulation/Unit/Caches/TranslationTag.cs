using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// The part of the key of the IOTLB beside the page: the requester, and the PASID of a request that carries one (VT-d 6.2.1). The domain and the PASID of the
/// tables, which invalidations select by, are in <see cref="CachedTranslation"/>.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TranslationTag
{
    /// <summary>The number of sources.</summary>
    public const int Sources = 2 << PasidPlace;

    private const int PasidPlace = 16;
    private const int PrefixPlace = PasidPlace + 31;
    private const ulong PrefixBit = 1UL << PrefixPlace;

    /// <summary>Initializes the tag of a request.</summary>
    /// <param name="requester">The requester.</param>
    /// <param name="prefix">The PASID prefix of the request.</param>
    public TranslationTag(RequesterId requester, PasidPrefix prefix) =>
        Bits = (ulong)prefix.BitsWithoutDemand << PasidPlace | requester.Value;

    private TranslationTag(ulong bits) => Bits = bits;

    /// <summary>The requester, the PASID, and a bit that is set if the request has a PASID.</summary>
    public ulong Bits { get; }

    /// <summary>The bits of the source of the request: the requester, and the presence of a PASID.</summary>
    public ulong SourceBits => Bits & (PrefixBit | ushort.MaxValue);

    /// <summary>The number of the source of the request.</summary>
    public int Source => (int)(Bits >> PrefixPlace << PasidPlace | (ushort)Bits);

    /// <summary>Returns the tag of a request from a source, with a PASID if the requests of the source carry one.</summary>
    public static TranslationTag Of(int source, Pasid pasid) => source < 1 << PasidPlace
        ? new((ulong)source)
        : new(PrefixBit | (ulong)pasid.Value << PasidPlace | (ushort)source);
}
