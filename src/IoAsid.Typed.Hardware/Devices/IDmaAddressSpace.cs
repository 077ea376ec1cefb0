namespace IoAsid.Typed.Hardware;

/// <summary>
/// Memory that a device accesses with a PASID. <see cref="IDmaDevice.CreateAddressSpace"/> creates it, and <see cref="IDmaDevice.AttachAsync"/> attaches it. Its disposal ends its attachments,
/// and then unmaps and frees its memory.
/// </summary>
public interface IDmaAddressSpace : IAsyncDisposable
{
    /// <summary>Allocates memory, filled with zeros, and maps it for reads and writes of the device with each attached PASID.</summary>
    /// <param name="length">The number of bytes, at least 1. It is rounded up to whole pages.</param>
    /// <param name="cancellationToken">Cancels the wait. Memory that is allocated after the cancellation is disposed.</param>
    /// <returns>The memory. Disposing it unmaps and then frees it.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is less than 1.</exception>
    /// <exception cref="DmaMemoryException">Not enough memory is left, or not enough addresses of <see cref="IDmaDevice.AddressBits"/>. Nothing changed.</exception>
    /// <exception cref="ObjectDisposedException">The address space or its device was disposed.</exception>
    ValueTask<IDmaMemory> AllocateAsync(long length, CancellationToken cancellationToken = default);
}
