using IoAsid.Typed.Linux.Uapi;

namespace IoAsid.Typed.Linux;

/// <summary>A page table that the kernel fills with the mappings of an address space.</summary>
public class PagingHwpt : Hwpt
{
    internal PagingHwpt(Ioas ioas, ObjectHandle handle, bool takesPasids, FaultQueue? faultQueue)
        : base(ioas.Owner, handle, "HWPT", takesPasids, faultQueue) => Ioas = ioas;

    /// <summary>The address space.</summary>
    public Ioas Ioas { get; }

    /// <summary>Gets a value indicating whether the IOMMU tracks the pages that devices write.</summary>
    public bool IsDirtyTrackingEnabled { get; private set; }

    /// <summary>Starts or stops dirty tracking.</summary>
    /// <param name="enabled">True to start.</param>
    /// <exception cref="SystemCallException">The IOMMU has no dirty tracking, or the table was allocated without <see cref="HwptOptions.RequiresDirtyTracking"/>.</exception>
    public void SetDirtyTracking(bool enabled)
    {
        IommuHwptSetDirtyTracking argument = new() { Size = 16, HwptId = Number, Flags = enabled ? IommuHwptSetDirtyTracking.Enable : 0 };
        Run(KernelRequest.HwptSetDirtyTracking, ref argument);
        IsDirtyTrackingEnabled = enabled;
    }

    /// <summary>Adds the dirty pages, which devices wrote, to a bitmap.</summary>
    /// <param name="address">The first I/O virtual address, a multiple of the page size.</param>
    /// <param name="length">The number of bytes, a multiple of the page size.</param>
    /// <param name="pageSize">The number of bytes for each bit, a power of 2.</param>
    /// <param name="bitmap">Bit <c>n</c> is set if a device wrote to page <c>n</c> of the range.</param>
    /// <param name="keep">True to keep the dirty bits of the table; false to clear them.</param>
    /// <exception cref="ArgumentException">The bitmap is shorter than the range.</exception>
    /// <exception cref="InvalidOperationException">Dirty tracking is not enabled. The kernel would report no dirty page.</exception>
    /// <exception cref="SystemCallException">Range and page size do not fit.</exception>
    public unsafe void GetDirtyPages(ulong address, ulong length, ulong pageSize, Span<ulong> bitmap, bool keep = false)
    {
        if (!ulong.IsPow2(pageSize))
            throw new ArgumentOutOfRangeException(nameof(pageSize), pageSize, "The page size is a power of 2.");

        if (!IsDirtyTrackingEnabled)
            throw new InvalidOperationException($"{this} does not track dirty pages. Start dirty tracking with SetDirtyTracking.");

        ulong pages = length / pageSize;
        if ((ulong)bitmap.Length * 64 < pages)
            throw new ArgumentException($"The range has {pages} pages; the bitmap has {bitmap.Length * 64} bits.", nameof(bitmap));

        fixed (ulong* pointer = bitmap)
        {
            IommuHwptGetDirtyBitmap argument = new()
            {
                Size = 48, HwptId = Number, Flags = keep ? IommuHwptGetDirtyBitmap.NoClear : 0,
                Iova = address, Length = length, PageSize = pageSize, Data = (ulong)pointer,
            };
            Run(KernelRequest.HwptGetDirtyBitmap, ref argument);
        }
    }
}
