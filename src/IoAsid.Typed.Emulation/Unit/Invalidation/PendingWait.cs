using System.Runtime.InteropServices;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>A fetched wait descriptor that is not complete.</summary>
/// <param name="Descriptor">The descriptor.</param>
/// <param name="DeviceTlbInvalidation">The number of the last earlier device-TLB invalidation.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PendingWait(InvalidationWait Descriptor, long DeviceTlbInvalidation);
