using System.Runtime.InteropServices;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>Pages whose entries changed.</summary>
/// <param name="Range">The pages.</param>
/// <param name="OnlyLeaves">Whether only leaf entries changed: caches of other entries may stay.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ChangedPages(DeviceTlbRange Range, bool OnlyLeaves);
