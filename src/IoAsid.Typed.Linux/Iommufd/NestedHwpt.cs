using System.Runtime.InteropServices;
using IoAsid.Typed.Linux.Uapi;

namespace IoAsid.Typed.Linux;

/// <summary>A first-stage page table that user space (a guest) writes. The guest's invalidations must be passed to the kernel.</summary>
public sealed class NestedHwpt : Hwpt
{
    internal NestedHwpt(Iommufd owner, ObjectHandle handle, bool takesPasids, FaultQueue? faultQueue)
        : base(owner, handle, "nested HWPT", takesPasids, faultQueue)
    {
    }

    /// <summary>Invalidates cached translations of a VT-d table, and of device TLBs behind it.</summary>
    /// <param name="entries">The ranges.</param>
    /// <exception cref="SystemCallException">An entry is not valid. Those before it were carried out.</exception>
    public void Invalidate(params ReadOnlySpan<VtdInvalidation> entries)
    {
        Span<IommuHwptVtdS1Invalidate> encoded = entries.Length <= 16 ? stackalloc IommuHwptVtdS1Invalidate[entries.Length] : new IommuHwptVtdS1Invalidate[entries.Length];
        for (int i = 0; i < entries.Length; i++)
            encoded[i] = entries[i].Encode();

        Invalidate(dataType: 0, entrySize: 24, MemoryMarshal.AsBytes(encoded));
    }

    /// <summary>Invalidates by entries in the format of an IOMMU driver.</summary>
    /// <param name="dataType">The kernel's number of the format (<c>enum iommu_hwpt_invalidate_data_type</c>).</param>
    /// <param name="entrySize">The number of bytes of an entry.</param>
    /// <param name="entries">The entries.</param>
    /// <returns>The number of entries that were carried out.</returns>
    /// <exception cref="ArgumentException">The length is not a multiple of the size of an entry.</exception>
    /// <exception cref="SystemCallException">An entry is not valid. Those before it were carried out.</exception>
    public int Invalidate(uint dataType, int entrySize, ReadOnlySpan<byte> entries) => Invalidation.Run(this, dataType, entrySize, entries);
}
