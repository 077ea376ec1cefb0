using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>An ATS invalidation (PCIe, Invalidate Request Message), posted downstream.</summary>
/// <param name="Target">Whose device TLB.</param>
/// <param name="Tag">Tells invalidations under way apart (ITag), 0 to 31.</param>
/// <param name="AddressAndSize">Bits 63:12 of the untranslated address; with bit 11 (S) the lowest clear bit above 11 gives the size.</param>
/// <param name="Prefix">The PASID it is limited to; without one, requests without PASID are meant.</param>
/// <param name="AllPasids">The range is dropped whatever the PASID (Global Invalidate).</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct InvalidateRequestMessage(
    RequesterId Target, int Tag, ulong AddressAndSize, PasidPrefix Prefix = default, bool AllPasids = false);
