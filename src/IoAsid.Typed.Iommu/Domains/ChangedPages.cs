using System.Runtime.InteropServices;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>Pages whose entries changed.</summary>
/// <param name="Range">The pages.</param>
/// <param name="OnlyLeaves">True if only leaf entries changed, so that caches of other entries stay valid.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ChangedPages(DeviceTlbRange Range, bool OnlyLeaves);
