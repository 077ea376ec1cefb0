using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>The answer to a group of page requests (PCIe, PRG Response Message), posted downstream.</summary>
/// <param name="Target">Whose group it was.</param>
/// <param name="GroupIndex">The page request group, 0 to 511.</param>
/// <param name="Code">The response code: 0 success, 1 invalid request, 15 failure; others are treated as failure.</param>
/// <param name="Prefix">The PASID, if the function wants it in responses.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PageGroupResponseMessage(RequesterId Target, int GroupIndex, int Code, PasidPrefix Prefix = default);
