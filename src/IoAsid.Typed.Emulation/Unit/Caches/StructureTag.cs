using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>The tag of the entries of tables in a paging-structure cache: the domain, and the PASID of a first stage (VT-d Tables 17 and 19). No entry has the default tag.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct StructureTag
{
    private const int PasidPlace = 16;
    private const int HashPlace = PasidPlace + Pasid.Width;

    // Domain 0 with PASID 0 is a tag, and the default is not.
    private const ulong UsedBit = 1UL << 63;

    private readonly ulong _bits;

    // The hash is computed once, because each lookup needs it. It depends on the other bits only, so equal ids have equal tags.
    public StructureTag(DomainId domain, Pasid pasid)
    {
        ulong ids = (ulong)pasid.Value << PasidPlace | domain.Value;
        _bits = UsedBit | ids * 0x9E37_79B9_7F4A_7C15 >> 40 << HashPlace | ids;
    }

    public DomainId Domain => new((ushort)_bits);

    /// <summary>The number that spreads tags over the places of a cache. Only its low bits are used.</summary>
    public ulong Hash => _bits >> HashPlace;
}
