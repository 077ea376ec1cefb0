namespace IoAsid.Typed.Hardware;

/// <summary>
/// A device that one driver owns: its registers, its interrupts, memory that the device accesses by DMA, and address spaces for its PASIDs. <c>IoAsid.Typed.Iommu</c> implements it for machines
/// with the interfaces of this assembly, and <c>IoAsid.Typed.Linux</c> for VFIO and iommufd of Linux. A driver that uses this interface runs on both.
/// </summary>
/// <remarks>
/// Its disposal clears bus mastering, disables the interrupts, detaches PASIDs, unmaps the memory and releases the device. On an emulated machine each call is made in a step of its
/// <see cref="IScheduler"/>. On Linux the members are thread-safe, except that one thread at a time sets a property. Code after an await
/// continues on the thread pool.
/// </remarks>
public interface IDmaDevice : IAsyncDisposable
{
    /// <summary>The smallest value of <see cref="AddressBits"/>: the addresses of two pages.</summary>
    const int MinimumAddressBits = 13;

    /// <summary>The largest value of <see cref="AddressBits"/>.</summary>
    const int MaximumAddressBits = 64;

    /// <summary>The display name: the address of the device on its bus.</summary>
    string Name { get; }

    /// <summary>The registers (memory of the first base address register).</summary>
    IRegisterBlock Registers { get; }

    /// <summary>Gets or sets a value indicating whether the device may access memory (the Command register's Bus Master Enable). It is initially false.</summary>
    bool BusMasterEnabled { get; set; }

    /// <summary>
    /// The number of bits of the addresses that the device can send, from <see cref="MinimumAddressBits"/> to <see cref="MaximumAddressBits"/>, which is the initial value. Memory that is allocated later has such addresses
    /// (Linux <c>dma_set_mask</c>).
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of this range.</exception>
    int AddressBits { get; set; }

    /// <summary>Allocates memory, filled with zeros, and maps it for reads and writes of the device.</summary>
    /// <param name="length">The number of bytes, at least 1. It is rounded up to whole pages.</param>
    /// <param name="cancellationToken">Cancels the wait. Memory that is allocated after the cancellation is disposed.</param>
    /// <returns>The memory. Disposing it unmaps and then frees it.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is less than 1.</exception>
    /// <exception cref="DmaMemoryException">Not enough memory is left, or not enough addresses of <see cref="AddressBits"/>. Nothing changed.</exception>
    ValueTask<IDmaMemory> AllocateAsync(long length, CancellationToken cancellationToken = default);

    /// <summary>The largest PASID that the device can send and its IOMMU can translate, or 0 if the device has no PASIDs.</summary>
    Pasid MaximumPasid { get; }

    /// <summary>Creates an address space for PASIDs, without memory. Requests without PASID do not reach it.</summary>
    /// <returns>The address space. Disposing it, or the device, ends its attachments and frees its memory.</returns>
    /// <exception cref="NotSupportedException">The device has no PASIDs.</exception>
    /// <exception cref="DmaMemoryException">Not enough memory is left for page tables. Nothing changed.</exception>
    /// <exception cref="ObjectDisposedException">The device was disposed.</exception>
    IDmaAddressSpace CreateAddressSpace();

    /// <summary>
    /// Attaches an address space to a PASID of the device. The caller must not use the number for another purpose before the attachment is disposed. <c>IoAsid.Typed.Iommu</c> and
    /// <c>IoAsid.Typed.Linux</c> attach an id of a typed set, and ensure that.
    /// </summary>
    /// <param name="space">The address space, created by this device. It can be attached to several PASIDs.</param>
    /// <param name="pasid">The PASID, from 1 to <see cref="MaximumPasid"/>.</param>
    /// <param name="cancellationToken">Cancels the wait. An attachment that completes after the cancellation is disposed.</param>
    /// <returns>The attachment. Disposing it detaches the address space.</returns>
    /// <exception cref="ArgumentException">The address space belongs to another device.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The PASID is 0, or larger than <see cref="MaximumPasid"/>.</exception>
    /// <exception cref="NotSupportedException">The device has no PASIDs.</exception>
    /// <exception cref="InvalidOperationException">The PASID is attached already. Nothing changed.</exception>
    /// <exception cref="DmaMemoryException">Not enough memory is left for tables of the IOMMU. Nothing changed.</exception>
    /// <exception cref="ObjectDisposedException">The device or the address space was disposed.</exception>
    ValueTask<IDmaAttachment> AttachAsync(IDmaAddressSpace space, Pasid pasid, CancellationToken cancellationToken = default);

    /// <summary>Enables the first vectors of the device's MSI-X table, or of MSI.</summary>
    /// <param name="count">The number of vectors, at least 1.</param>
    /// <returns>The interrupts. Disposing them disables the vectors.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The device has fewer vectors. Nothing changed.</exception>
    /// <exception cref="InvalidOperationException">Interrupts are already enabled.</exception>
    IDeviceInterrupts EnableInterrupts(int count = 1);
}
