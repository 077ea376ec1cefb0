namespace IoAsid.Typed.Hardware;

/// <summary>Memory that a driver and its device share (Linux <c>dma_alloc_coherent</c>). Disposing it unmaps the memory, and no access of the device reaches it afterwards.</summary>
public interface IDmaMemory : IAsyncDisposable
{
    /// <summary>The device address of the first byte.</summary>
    ulong Address { get; }

    /// <summary>The number of bytes, a multiple of 4096.</summary>
    long Length { get; }

    /// <summary>Reads bytes.</summary>
    /// <param name="offset">The offset of the first byte.</param>
    /// <param name="destination">The memory that receives the bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is not inside the memory.</exception>
    /// <exception cref="ObjectDisposedException">The memory was disposed.</exception>
    void Read(long offset, Span<byte> destination);

    /// <summary>Writes bytes.</summary>
    /// <param name="offset">The offset of the first byte.</param>
    /// <param name="source">The bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is not inside the memory.</exception>
    /// <exception cref="ObjectDisposedException">The memory was disposed.</exception>
    void Write(long offset, ReadOnlySpan<byte> source);
}
