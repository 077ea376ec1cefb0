namespace IoAsid.Typed.Hardware;

/// <summary>Accesses to memory that must exist. A missing address throws.</summary>
public static class PhysicalMemoryExtensions
{
    /// <summary>Reads 4 bytes in one transaction.</summary>
    /// <param name="memory">The memory.</param>
    /// <param name="address">The physical address, a multiple of 4.</param>
    /// <returns>The value.</returns>
    /// <exception cref="PhysicalMemoryException">The address has no memory.</exception>
    public static uint ReadUInt32(this IPhysicalMemory memory, ulong address) =>
        memory.TryReadUInt32(address, out uint value) ? value : throw new PhysicalMemoryException(address);

    /// <summary>Writes 4 bytes in one transaction.</summary>
    /// <param name="memory">The memory.</param>
    /// <param name="address">The physical address, a multiple of 4.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="PhysicalMemoryException">The address has no memory.</exception>
    public static void WriteUInt32(this IPhysicalMemory memory, ulong address, uint value) =>
        Must(memory.TryWriteUInt32(address, value), address);

    /// <summary>Reads 8 bytes in one transaction.</summary>
    /// <param name="memory">The memory.</param>
    /// <param name="address">The physical address, a multiple of 8.</param>
    /// <returns>The value.</returns>
    /// <exception cref="PhysicalMemoryException">The address has no memory.</exception>
    public static ulong ReadUInt64(this IPhysicalMemory memory, ulong address) =>
        memory.TryReadUInt64(address, out ulong value) ? value : throw new PhysicalMemoryException(address);

    /// <summary>Writes 8 bytes in one transaction.</summary>
    /// <param name="memory">The memory.</param>
    /// <param name="address">The physical address, a multiple of 8.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="PhysicalMemoryException">The address has no memory.</exception>
    public static void WriteUInt64(this IPhysicalMemory memory, ulong address, ulong value) =>
        Must(memory.TryWriteUInt64(address, value), address);

    /// <summary>Compares and exchanges 8 bytes in one transaction.</summary>
    /// <param name="memory">The memory.</param>
    /// <param name="address">The physical address, a multiple of 8.</param>
    /// <param name="expected">The value that must be in memory for the write.</param>
    /// <param name="value">The value to write.</param>
    /// <returns>The value that was in memory. If it equals <paramref name="expected"/>, the new value was written.</returns>
    /// <exception cref="PhysicalMemoryException">The address has no memory.</exception>
    public static ulong CompareExchange(this IPhysicalMemory memory, ulong address, ulong expected, ulong value) =>
        memory.TryCompareExchange(address, expected, value, out ulong found) ? found : throw new PhysicalMemoryException(address);

    /// <summary>Reads bytes. The memory may transfer them in pieces.</summary>
    /// <param name="memory">The memory.</param>
    /// <param name="address">The physical address of the first byte.</param>
    /// <param name="destination">The memory that receives the bytes.</param>
    /// <exception cref="PhysicalMemoryException">The address of a byte has no memory.</exception>
    public static void Read(this IPhysicalMemory memory, ulong address, Span<byte> destination) =>
        Must(memory.TryRead(address, destination), address);

    /// <summary>Writes bytes. The memory may transfer them in pieces.</summary>
    /// <param name="memory">The memory.</param>
    /// <param name="address">The physical address of the first byte.</param>
    /// <param name="source">The bytes.</param>
    /// <exception cref="PhysicalMemoryException">The address of a byte has no memory. Nothing was written.</exception>
    public static void Write(this IPhysicalMemory memory, ulong address, ReadOnlySpan<byte> source) =>
        Must(memory.TryWrite(address, source), address);

    private static void Must(bool done, ulong address)
    {
        if (!done)
            throw new PhysicalMemoryException(address);
    }
}
