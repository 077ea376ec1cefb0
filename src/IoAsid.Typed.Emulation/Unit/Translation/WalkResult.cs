using System.Runtime.InteropServices;

namespace IoAsid.Typed.Emulation;

/// <summary>Where a walk ended: the output address of the very address asked for, and what is known of its page.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct WalkResult(ulong Address, byte PageShift, byte FirstStageShift, PageRights Rights)
{
    public CachedTranslation ToCached() => new(Address & ~((1UL << PageShift) - 1), PageShift, FirstStageShift, Rights);
}
