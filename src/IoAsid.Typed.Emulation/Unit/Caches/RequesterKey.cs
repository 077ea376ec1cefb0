using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>The key of the context cache (with PASID 0) and of the PASID cache: the requester and its PASID.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RequesterKey : ICacheKey<RequesterKey>
{
    private const int PasidPlace = 16;

    // Requester 0 with PASID 0 is a key, and the default is not.
    private const ulong UsedBit = 1UL << 63;

    private readonly ulong _bits;

    public RequesterKey(RequesterId requester, Pasid pasid) => _bits = UsedBit | (ulong)pasid.Value << PasidPlace | requester.Value;

    public RequesterId Requester => new((ushort)_bits);

    public Pasid Pasid => new((uint)(_bits >> PasidPlace) & Pasid.Count - 1);

    public int Hash => (int)(_bits * 0x9E37_79B9_7F4A_7C15 >> 40);
}
