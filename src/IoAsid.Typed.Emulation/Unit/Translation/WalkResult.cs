using System.Runtime.InteropServices;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>Where a walk ended: the output address of the very address asked for, and what is known of its page.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct WalkResult(ulong Address, byte PageShift, byte FirstStageShift, PageRights Rights)
{
    /// <summary>
    /// Returns true if the output lies in the interrupt range. A translation request is answered with the whole page, so all of the page counts (VT-d Table 30,
    /// SGN.8).
    /// </summary>
    public bool IsInInterruptRange(WalkDemand demand) => demand.Has(WalkDemand.Ask)
        ? InterruptRange.Overlaps(Address >> PageShift << PageShift, 1UL << PageShift)
        : InterruptRange.Contains(Address);

    /// <summary>What the IOTLB holds of it.</summary>
    /// <param name="space">Whose tables were walked.</param>
    public CachedTranslation ToCached(in AddressSpaceContext space) =>
        new(Address & ~((1UL << PageShift) - 1), space.Pasid, space.Domain, PageShift, FirstStageShift, Rights);
}
