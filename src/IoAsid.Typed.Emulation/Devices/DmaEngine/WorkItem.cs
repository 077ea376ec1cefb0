using System.Runtime.InteropServices;
using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>A descriptor that was accepted.</summary>
/// <param name="Descriptor">What is to be done.</param>
/// <param name="Prefix">The PASID of its requests, if they have one.</param>
/// <param name="Queue">Where it came from.</param>
/// <param name="Number">The order of acceptance.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct WorkItem(DmaDescriptor Descriptor, PasidPrefix Prefix, WorkQueue Queue, long Number)
{
    /// <summary>Whether it works for a PASID.</summary>
    public bool IsOf(Pasid pasid) =>
        Prefix.IsPresent && Prefix.Pasid == pasid
        || Descriptor.Operation == DmaOperation.MoveBetween && Descriptor.DestinationPasid == pasid;

    /// <inheritdoc/>
    public override string ToString() => $"a {Descriptor.Operation} of queue {Queue.Number} ({Prefix})";
}
