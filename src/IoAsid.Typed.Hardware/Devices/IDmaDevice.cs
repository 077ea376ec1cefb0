namespace IoAsid.Typed.Hardware;

/// <summary>
/// A device that one driver owns: its registers, its interrupts, and memory that the device accesses by DMA. On a machine of this assembly's interfaces
/// <c>IoAsid.Typed.Iommu</c> implements it; on Linux <c>IoAsid.Typed.Linux</c> does, over VFIO and iommufd. A driver of this interface runs on both.
/// </summary>
/// <remarks>
/// Its disposal clears bus mastering, disables the interrupts, unmaps the memory and releases the device. On a machine every call is made in a step of its
/// <see cref="IScheduler"/>. On Linux the members are thread-safe, and code after an await continues on the thread pool.
/// </remarks>
public interface IDmaDevice : IAsyncDisposable
{
    /// <summary>The display name: the address of the device on its bus.</summary>
    string Name { get; }

    /// <summary>The registers: the memory behind the first base address register.</summary>
    IRegisterBlock Registers { get; }

    /// <summary>Gets or sets a value indicating whether the device may access memory (the Command register's Bus Master Enable). False when the driver receives the device.</summary>
    bool BusMasterEnabled { get; set; }

    /// <summary>
    /// The number of bits of the addresses that the device can send, 13 to 64; 64 when the driver receives the device. Memory that is allocated later has such addresses
    /// (Linux <c>dma_set_mask</c>).
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 13 or greater than 64.</exception>
    int AddressBits { get; set; }

    /// <summary>Allocates memory, filled with zeros, and maps it for reads and writes of the device.</summary>
    /// <param name="length">The number of bytes, at least 1. Rounded up to whole pages.</param>
    /// <param name="cancellationToken">Cancels the wait. Memory that is allocated all the same is disposed.</param>
    /// <returns>The memory. Its disposal unmaps it, and then frees it.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is less than 1.</exception>
    /// <exception cref="DmaMemoryException">The system has not enough memory, or no free addresses of <see cref="AddressBits"/>. Nothing changed.</exception>
    ValueTask<IDmaMemory> AllocateAsync(long length, CancellationToken cancellationToken = default);

    /// <summary>Enables interrupts of the device: the first vectors of its MSI-X table, or of MSI.</summary>
    /// <param name="count">The number of vectors, at least 1.</param>
    /// <returns>The interrupts. Their disposal disables them.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The device has fewer vectors. Nothing changed.</exception>
    /// <exception cref="InvalidOperationException">Interrupts are enabled already.</exception>
    IDeviceInterrupts EnableInterrupts(int count = 1);
}
