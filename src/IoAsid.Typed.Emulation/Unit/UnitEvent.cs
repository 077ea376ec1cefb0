using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>An event of a unit, for observers.</summary>
/// <param name="Kind">The kind of event. It determines the meaning of the two values.</param>
/// <param name="Requester">The requester id of the device; 0 for an event without device.</param>
/// <param name="Prefix">The PASID prefix, or the default for an event without PASID.</param>
/// <param name="First">The first value.</param>
/// <param name="Second">The second value.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct UnitEvent(UnitEventKind Kind, RequesterId Requester, PasidPrefix Prefix, ulong First, ulong Second);
