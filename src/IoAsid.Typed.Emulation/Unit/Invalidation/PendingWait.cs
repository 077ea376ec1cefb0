using System.Runtime.InteropServices;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>A wait descriptor that has left the queue and is not complete.</summary>
/// <param name="Descriptor">What completes it, and how it is told.</param>
/// <param name="DeviceTlbInvalidation">The number of the last device-TLB invalidation before it.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PendingWait(InvalidationWait Descriptor, long DeviceTlbInvalidation);
