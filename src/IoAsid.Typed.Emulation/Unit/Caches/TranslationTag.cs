using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// What the IOTLB looks a translation up by, beside its page: the requester, and the PASID of a request that carries one (VT-d 6.2.1). What invalidations
/// select by, domain and PASID of the tables, is in <see cref="CachedTranslation"/>.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TranslationTag
{
    private const ulong PrefixBit = 1UL << 36;

    /// <summary>The tag of a request's translation.</summary>
    /// <param name="requester">Who sent it.</param>
    /// <param name="prefix">Its PASID, if it has one.</param>
    public TranslationTag(RequesterId requester, PasidPrefix prefix) =>
        Bits = prefix.IsPresent ? PrefixBit | (ulong)prefix.Pasid.Value << 16 | requester.Value : requester.Value;

    /// <summary>The requester.</summary>
    public RequesterId Requester => new((ushort)Bits);

    /// <summary>Requester, PASID and whether there is one.</summary>
    public ulong Bits { get; }
}
