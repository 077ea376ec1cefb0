using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>Says that invalidations are done (PCIe, Invalidate Completion Message), posted upstream: it pushes earlier page requests and writes ahead.</summary>
/// <param name="Requester">Whose device TLB.</param>
/// <param name="Tags">A bit for each <see cref="InvalidateRequestMessage.Tag"/> that is done (ITag Vector).</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct InvalidateCompletionMessage(RequesterId Requester, uint Tags);
