using System.Runtime.InteropServices;
using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>An accepted descriptor.</summary>
/// <param name="Descriptor">The descriptor.</param>
/// <param name="Prefix">The PASID prefix of its requests, or the default for requests without PASID.</param>
/// <param name="Queue">The queue that accepted the descriptor.</param>
/// <param name="Number">The zero-based sequence number in the order of acceptance.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct WorkItem(DmaDescriptor Descriptor, PasidPrefix Prefix, WorkQueue Queue, long Number)
{
    /// <summary>Returns true if the descriptor uses a PASID.</summary>
    public bool Uses(Pasid pasid) =>
        Prefix.IsPresent && Prefix.Pasid == pasid
        || Descriptor.Operation == DmaOperation.MoveBetween && Descriptor.DestinationPasid == pasid;

    /// <inheritdoc/>
    public override string ToString() => $"a {Descriptor.Operation} of queue {Queue.Number} ({Prefix})";
}
