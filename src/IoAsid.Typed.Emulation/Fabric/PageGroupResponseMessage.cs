using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>The response to a page request group (PCIe, PRG Response Message), posted downstream.</summary>
/// <param name="Target">The requester id of the function that sent the group.</param>
/// <param name="GroupIndex">The page request group index, 0 to 511.</param>
/// <param name="Code">The response code: 0 success, 1 invalid request, 15 failure. Other codes are treated as failure.</param>
/// <param name="Prefix">The PASID, if the function requires it in responses.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PageGroupResponseMessage(RequesterId Target, int GroupIndex, int Code, PasidPrefix Prefix = default);
