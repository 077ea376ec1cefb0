using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu;

/// <summary>How invalidations of a device TLB are addressed.</summary>
/// <param name="Requester">The function.</param>
/// <param name="MaximumPending">MIP: how many the function can take before one must complete, 1 to 32; 32 is encoded as 0.</param>
/// <param name="PhysicalFunction">PFSID, where the unit throttles by physical function (ECAP.DIT); else 0, as it is reserved.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct DeviceTlbTarget(RequesterId Requester, int MaximumPending, RequesterId PhysicalFunction);
