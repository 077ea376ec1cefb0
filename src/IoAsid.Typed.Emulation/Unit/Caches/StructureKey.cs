using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// The tags of an entry of a paging-structure cache (VT-d Tables 17 and 19): the domain, for the first stage also the PASID, and the part of the input address
/// that selects the entry.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct StructureKey : ICacheKey<StructureKey>
{
    private const int DomainBits = 16;

    // Canonical addresses repeat their highest bit: 57 bits tell all of them apart.
    private const ulong AddressBits = (1UL << 57) - 1;

    private readonly ulong _tag;
    private readonly ulong _region;

    /// <param name="domain">The domain id of the tables.</param>
    /// <param name="pasid">The PASID of the tables of a first stage; 0 for a second stage.</param>
    /// <param name="address">An input address.</param>
    /// <param name="level">The level of the entry, 2 to 5.</param>
    public StructureKey(DomainId domain, Pasid pasid, ulong address, int level)
    {
        _tag = (ulong)pasid.Value << DomainBits | domain.Value;
        _region = (address & AddressBits) >> TranslationTables.ShiftOf(level);
    }

    public DomainId Domain => new((ushort)_tag);

    public Pasid Pasid => new((uint)(_tag >> DomainBits));

    public int Hash => (int)((_region ^ _tag * 0x9E37_79B9_7F4A_7C15) * 0xD6E8_FEB8_6659_FD93 >> 40);

    /// <summary>Returns true if the entry selects tables for some address of a range.</summary>
    /// <param name="level">The level of the entry.</param>
    /// <param name="address">An address of the range.</param>
    /// <param name="shift">The binary logarithm of the size of the range in bytes. The range is aligned to its size.</param>
    public bool Overlaps(int level, ulong address, int shift)
    {
        int own = TranslationTables.ShiftOf(level);
        int larger = Math.Max(own, shift);
        return larger >= 64 || _region << own >> larger == (address & AddressBits) >> larger;
    }

    public bool Equals(StructureKey other) => _region == other._region && _tag == other._tag;

    public override bool Equals(object? obj) => obj is StructureKey other && Equals(other);

    public override int GetHashCode() => Hash;
}
