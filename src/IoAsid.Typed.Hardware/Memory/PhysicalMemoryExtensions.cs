namespace IoAsid.Typed.Hardware;

/// <summary>Accesses that must succeed: a hole is an error of the caller.</summary>
public static class PhysicalMemoryExtensions
{
    /// <summary>Reads 4 bytes in one transaction.</summary>
    /// <param name="memory">The memory.</param>
    /// <param name="address">A multiple of 4.</param>
    /// <returns>The value.</returns>
    /// <exception cref="PhysicalMemoryException">There is nothing at the address.</exception>
    public static uint ReadUInt32(this IPhysicalMemory memory, ulong address) =>
        memory.TryReadUInt32(address, out uint value) ? value : throw new PhysicalMemoryException(address);

    /// <summary>Writes 4 bytes in one transaction.</summary>
    /// <param name="memory">The memory.</param>
    /// <param name="address">A multiple of 4.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="PhysicalMemoryException">There is nothing at the address.</exception>
    public static void WriteUInt32(this IPhysicalMemory memory, ulong address, uint value) =>
        Must(memory.TryWriteUInt32(address, value), address);

    /// <summary>Reads 8 bytes in one transaction.</summary>
    /// <param name="memory">The memory.</param>
    /// <param name="address">A multiple of 8.</param>
    /// <returns>The value.</returns>
    /// <exception cref="PhysicalMemoryException">There is nothing at the address.</exception>
    public static ulong ReadUInt64(this IPhysicalMemory memory, ulong address) =>
        memory.TryReadUInt64(address, out ulong value) ? value : throw new PhysicalMemoryException(address);

    /// <summary>Writes 8 bytes in one transaction.</summary>
    /// <param name="memory">The memory.</param>
    /// <param name="address">A multiple of 8.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="PhysicalMemoryException">There is nothing at the address.</exception>
    public static void WriteUInt64(this IPhysicalMemory memory, ulong address, ulong value) =>
        Must(memory.TryWriteUInt64(address, value), address);

    /// <summary>Writes 8 bytes if they hold what is expected, in one transaction.</summary>
    /// <param name="memory">The memory.</param>
    /// <param name="address">A multiple of 8.</param>
    /// <param name="expected">What must be there for the write to happen.</param>
    /// <param name="value">What to write.</param>
    /// <returns>What was there: the write happened if it equals <paramref name="expected"/>.</returns>
    /// <exception cref="PhysicalMemoryException">There is nothing at the address.</exception>
    public static ulong CompareExchange(this IPhysicalMemory memory, ulong address, ulong expected, ulong value) =>
        memory.TryCompareExchange(address, expected, value, out ulong found) ? found : throw new PhysicalMemoryException(address);

    /// <summary>Reads bytes, in pieces if the memory wishes.</summary>
    /// <param name="memory">The memory.</param>
    /// <param name="address">The physical address of the first byte.</param>
    /// <param name="destination">Takes the bytes.</param>
    /// <exception cref="PhysicalMemoryException">There is nothing at one of the addresses.</exception>
    public static void Read(this IPhysicalMemory memory, ulong address, Span<byte> destination) =>
        Must(memory.TryRead(address, destination), address);

    /// <summary>Writes bytes, in pieces if the memory wishes.</summary>
    /// <param name="memory">The memory.</param>
    /// <param name="address">The physical address of the first byte.</param>
    /// <param name="source">The bytes.</param>
    /// <exception cref="PhysicalMemoryException">There is nothing at one of the addresses; nothing was written.</exception>
    public static void Write(this IPhysicalMemory memory, ulong address, ReadOnlySpan<byte> source) =>
        Must(memory.TryWrite(address, source), address);

    private static void Must(bool done, ulong address)
    {
        if (!done)
            throw new PhysicalMemoryException(address);
    }
}
