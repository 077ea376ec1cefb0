namespace IoAsid.Typed.Hardware;

/// <summary>
/// Physical memory as one party sees it: a processor, or a bus master. Little-endian, as the architecture's tables are.
/// A member that fails has changed nothing. Not thread-safe: everything on a machine happens in steps of its <see cref="IScheduler"/>.
/// </summary>
/// <remarks>
/// Only naturally aligned 4- and 8-byte accesses are single transactions. A span may be transferred in pieces, and others may come in between.
/// </remarks>
public interface IPhysicalMemory
{
    /// <summary>Reads bytes.</summary>
    /// <param name="address">The physical address of the first byte.</param>
    /// <param name="destination">Takes the bytes; undefined when the read fails.</param>
    /// <returns>False when a byte lies in a hole, where nothing answers.</returns>
    bool TryRead(ulong address, Span<byte> destination);

    /// <summary>Writes bytes.</summary>
    /// <param name="address">The physical address of the first byte.</param>
    /// <param name="source">The bytes.</param>
    /// <returns>False when a byte lies in a hole, where nothing answers; nothing is written then.</returns>
    bool TryWrite(ulong address, ReadOnlySpan<byte> source);

    /// <summary>Reads 4 bytes in one transaction.</summary>
    /// <param name="address">A multiple of 4.</param>
    /// <param name="value">The value, 0 when the read fails.</param>
    /// <returns>False in a hole.</returns>
    /// <exception cref="ArgumentException"><paramref name="address"/> is not a multiple of 4.</exception>
    bool TryReadUInt32(ulong address, out uint value);

    /// <summary>Writes 4 bytes in one transaction.</summary>
    /// <param name="address">A multiple of 4.</param>
    /// <param name="value">The value.</param>
    /// <returns>False in a hole.</returns>
    /// <exception cref="ArgumentException"><paramref name="address"/> is not a multiple of 4.</exception>
    bool TryWriteUInt32(ulong address, uint value);

    /// <summary>Reads 8 bytes in one transaction.</summary>
    /// <param name="address">A multiple of 8.</param>
    /// <param name="value">The value, 0 when the read fails.</param>
    /// <returns>False in a hole.</returns>
    /// <exception cref="ArgumentException"><paramref name="address"/> is not a multiple of 8.</exception>
    bool TryReadUInt64(ulong address, out ulong value);

    /// <summary>Writes 8 bytes in one transaction.</summary>
    /// <param name="address">A multiple of 8.</param>
    /// <param name="value">The value.</param>
    /// <returns>False in a hole.</returns>
    /// <exception cref="ArgumentException"><paramref name="address"/> is not a multiple of 8.</exception>
    bool TryWriteUInt64(ulong address, ulong value);

    /// <summary>Writes 8 bytes if they hold what is expected, in one transaction.</summary>
    /// <param name="address">A multiple of 8.</param>
    /// <param name="expected">What must be there for the write to happen.</param>
    /// <param name="value">What to write.</param>
    /// <param name="found">What was there, 0 in a hole. The write happened if it equals <paramref name="expected"/> and the result is true.</param>
    /// <returns>False in a hole.</returns>
    /// <exception cref="ArgumentException"><paramref name="address"/> is not a multiple of 8.</exception>
    bool TryCompareExchange(ulong address, ulong expected, ulong value, out ulong found);
}
