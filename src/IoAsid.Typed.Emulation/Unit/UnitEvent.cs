using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>Something a unit did, for those who look on.</summary>
/// <param name="Kind">What it did; says what the two values are.</param>
/// <param name="Requester">The device it is about; 0 if none.</param>
/// <param name="Prefix">The PASID it is about.</param>
/// <param name="First">The first value.</param>
/// <param name="Second">The second value.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct UnitEvent(UnitEventKind Kind, RequesterId Requester, PasidPrefix Prefix, ulong First, ulong Second);
