using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>The completion of invalidations (PCIe, Invalidate Completion Message), posted upstream. It arrives after all earlier page requests and writes of the function.</summary>
/// <param name="Requester">The requester id of the function with the device TLB.</param>
/// <param name="Tags">A bit for each completed <see cref="InvalidateRequestMessage.Tag"/> (ITag Vector).</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct InvalidateCompletionMessage(RequesterId Requester, uint Tags);
