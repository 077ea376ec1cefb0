namespace IoAsid.Typed.Linux;

/// <summary>Memory of this process for devices: whole pages that do not move, filled with zeros.</summary>
/// <remarks>
/// Mappings keep it: disposing the memory returns it to the system after the last mapping of it has ended. Safe to use from any thread.
/// </remarks>
public sealed unsafe class DmaMemory : IDisposable
{
    private DmaMemory(MemoryHandle handle) => Handle = handle;

    /// <summary>The number of bytes, a multiple of the page size.</summary>
    public long Length => Handle.Length;

    internal MemoryHandle Handle { get; }

    /// <summary>Allocates memory.</summary>
    /// <param name="length">The number of bytes, at least 1. Rounded up to whole pages.</param>
    /// <returns>The memory.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is less than 1.</exception>
    /// <exception cref="PlatformNotSupportedException">The system is not Linux.</exception>
    /// <exception cref="SystemCallException">The system has no memory left.</exception>
    public static DmaMemory Allocate(long length)
    {
        Platform.ThrowIfNotLinux();
        return Allocate(LinuxSystemCalls.Instance, length);
    }

    /// <summary>Copies bytes out of the memory.</summary>
    /// <param name="offset">The first byte.</param>
    /// <param name="destination">Takes the bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range does not lie in the memory.</exception>
    /// <exception cref="ObjectDisposedException">The memory was disposed.</exception>
    public void Read(long offset, Span<byte> destination)
    {
        using HandleUse use = new(Handle);
        Handle.Slice(offset, destination.Length).CopyTo(destination);
    }

    /// <summary>Copies bytes into the memory.</summary>
    /// <param name="offset">The first byte.</param>
    /// <param name="source">The bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range does not lie in the memory.</exception>
    /// <exception cref="ObjectDisposedException">The memory was disposed.</exception>
    public void Write(long offset, ReadOnlySpan<byte> source)
    {
        using HandleUse use = new(Handle);
        source.CopyTo(Handle.Slice(offset, source.Length));
    }

    /// <summary>Returns a view of the memory. Do not use it after the memory was disposed.</summary>
    /// <param name="offset">The first byte.</param>
    /// <param name="length">The number of bytes.</param>
    /// <returns>The view.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The range does not lie in the memory.</exception>
    /// <exception cref="ObjectDisposedException">The memory was disposed.</exception>
    public Span<byte> AsSpan(long offset, int length)
    {
        using HandleUse use = new(Handle);
        return Handle.Slice(offset, length);
    }

    /// <summary>Returns the memory to the system once no mapping uses it. Further calls do nothing.</summary>
    public void Dispose() => Handle.Dispose();

    internal static DmaMemory Allocate(ISystemCalls calls, long length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ulong page = Platform.PageSize;
        ulong size = checked(((ulong)length + page - 1) / page * page);
        MemoryHandle handle = new(calls);
        try
        {
            // Shared, so that a child process which touches a page does not move this process's page away from the device.
            handle.Map((nuint)size, FileFlags.MapShared | FileFlags.MapAnonymous);
        }
        catch
        {
            handle.Dispose();
            throw;
        }

        return new(handle);
    }
}
