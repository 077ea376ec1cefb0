using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>An ATS invalidation (PCIe, Invalidate Request Message), posted downstream.</summary>
/// <param name="Target">The requester id of the function with the device TLB.</param>
/// <param name="Tag">The tag, unique among the outstanding invalidations of the function (ITag), 0 to 31.</param>
/// <param name="AddressAndSize">Bits 63:12 of the untranslated address; with bit 11 (S) the lowest clear bit above 11 gives the size.</param>
/// <param name="Prefix">The PASID whose translations are invalidated. Without a prefix, translations without PASID are invalidated.</param>
/// <param name="AllPasids">True if the range is invalidated for all PASIDs (Global Invalidate).</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct InvalidateRequestMessage(
    RequesterId Target, int Tag, ulong AddressAndSize, PasidPrefix Prefix = default, bool AllPasids = false);
