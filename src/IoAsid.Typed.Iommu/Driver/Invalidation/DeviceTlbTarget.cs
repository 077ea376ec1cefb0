using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu;

/// <summary>The target of device-TLB invalidations.</summary>
/// <param name="Requester">The requester id of the function.</param>
/// <param name="MaximumPending">MIP: the number of pending invalidations that the function accepts, 1 to 32. The descriptor encodes 32 as 0.</param>
/// <param name="PhysicalFunction">PFSID, if the unit throttles by physical function (ECAP.DIT). Otherwise 0, because the field is reserved.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct DeviceTlbTarget(RequesterId Requester, int MaximumPending, RequesterId PhysicalFunction);
