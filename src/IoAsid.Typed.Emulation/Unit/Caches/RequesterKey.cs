using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>What the context cache (PASID 0) and the PASID cache are found by: the requester, and its PASID.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct RequesterKey(RequesterId requester, Pasid pasid) : ICacheKey<RequesterKey>
{
    private readonly ulong _bits = (ulong)pasid.Value << 16 | requester.Value;

    public RequesterId Requester => new((ushort)_bits);

    public Pasid Pasid => new((uint)(_bits >> 16));

    public int Hash => (int)(_bits * 0x9E37_79B9_7F4A_7C15 >> 40);

    public bool Equals(RequesterKey other) => _bits == other._bits;

    public override bool Equals(object? obj) => obj is RequesterKey other && Equals(other);

    public override int GetHashCode() => Hash;
}
