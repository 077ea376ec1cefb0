using System.Runtime.InteropServices;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>The result of a walk: the output of the requested address, and the rights and sizes of its page.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct WalkResult(ulong Address, byte PageShift, byte FirstStageShift, PageRights Rights)
{
    /// <summary>
    /// Returns true if the output is in the interrupt range. A translation completion is for the whole page, so the whole page is checked (VT-d Table 30,
    /// SGN.8).
    /// </summary>
    public bool IsInInterruptRange(WalkDemand demand) => demand.Has(WalkDemand.TranslationRequest)
        ? InterruptRange.Overlaps(Address >> PageShift << PageShift, 1UL << PageShift)
        : InterruptRange.Contains(Address);

    /// <summary>Returns the result as an entry of the IOTLB.</summary>
    /// <param name="space">The address space of the walked tables.</param>
    public CachedTranslation ToCached(in AddressSpaceContext space) =>
        new(Address & ~((1UL << PageShift) - 1), space.Pasid, space.Domain, PageShift, FirstStageShift, Rights);
}
