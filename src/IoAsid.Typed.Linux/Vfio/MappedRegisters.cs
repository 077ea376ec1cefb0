using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Linux;

/// <summary>Registers of a device, mapped into this process. Each access is one access of the processor.</summary>
/// <remarks>Registers that are not disposed keep the device's file open, and so the device bound.</remarks>
public sealed unsafe class MappedRegisters : IRegisterBlock, IDisposable
{
    private readonly MemoryHandle _memory;

    internal MappedRegisters(MemoryHandle memory) => _memory = memory;

    /// <summary>The number of bytes.</summary>
    public long Length => _memory.Length;

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The offset is not aligned or lies outside of the block.</exception>
    /// <exception cref="ObjectDisposedException">The registers were disposed.</exception>
    public uint Read32(uint offset)
    {
        using HandleUse use = new(_memory);
        return Volatile.Read(ref *(uint*)At(offset, sizeof(uint)));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The offset is not aligned or lies outside of the block.</exception>
    /// <exception cref="ObjectDisposedException">The registers were disposed.</exception>
    public ulong Read64(uint offset)
    {
        using HandleUse use = new(_memory);
        return Volatile.Read(ref *(ulong*)At(offset, sizeof(ulong)));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The offset is not aligned or lies outside of the block.</exception>
    /// <exception cref="ObjectDisposedException">The registers were disposed.</exception>
    public void Write32(uint offset, uint value)
    {
        using HandleUse use = new(_memory);
        Volatile.Write(ref *(uint*)At(offset, sizeof(uint)), value);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The offset is not aligned or lies outside of the block.</exception>
    /// <exception cref="ObjectDisposedException">The registers were disposed.</exception>
    public void Write64(uint offset, ulong value)
    {
        using HandleUse use = new(_memory);
        Volatile.Write(ref *(ulong*)At(offset, sizeof(ulong)), value);
    }

    /// <summary>Removes the registers from this process. Further calls do nothing.</summary>
    public void Dispose() => _memory.Dispose();

    private byte* At(uint offset, uint size) => offset % size == 0 && offset + size <= _memory.Length
        ? _memory.Start + offset
        : throw new ArgumentOutOfRangeException(nameof(offset), offset, $"An access of {size} bytes has an offset that is a multiple of {size}, below {_memory.Length}.");
}
