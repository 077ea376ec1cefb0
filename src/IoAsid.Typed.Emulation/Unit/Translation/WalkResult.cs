using System.Runtime.InteropServices;

namespace IoAsid.Typed.Emulation;

/// <summary>Where a walk ended: the output address of the very address asked for, and what is known of its page.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct WalkResult(ulong Address, byte PageShift, byte FirstStageShift, PageRights Rights)
{
    /// <summary>What the IOTLB holds of it.</summary>
    /// <param name="space">Whose tables were walked.</param>
    public CachedTranslation ToCached(in AddressSpaceContext space) =>
        new(Address & ~((1UL << PageShift) - 1), space.Pasid, space.Domain, PageShift, FirstStageShift, Rights);
}
