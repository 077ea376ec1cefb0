namespace IoAsid.Typed.Hardware;

/// <summary>
/// The physical memory as a processor or a bus master sees it. It is little-endian, like the tables of the architecture. A member that fails changes nothing.
/// Implementations are not thread-safe: all accesses are in steps of the machine's <see cref="IScheduler"/>.
/// </summary>
/// <remarks>
/// Only naturally aligned accesses of 4 and 8 bytes are single transactions. A span may be transferred in pieces, with other accesses in between.
/// </remarks>
public interface IPhysicalMemory
{
    /// <summary>Tries to read bytes.</summary>
    /// <param name="address">The physical address of the first byte.</param>
    /// <param name="destination">The memory that receives the bytes. Its content is undefined after a failure.</param>
    /// <returns>true if the bytes were read; false if the address of a byte has no memory.</returns>
    bool TryRead(ulong address, Span<byte> destination);

    /// <summary>Tries to write bytes.</summary>
    /// <param name="address">The physical address of the first byte.</param>
    /// <param name="source">The bytes.</param>
    /// <returns>true if the bytes were written; false if the address of a byte has no memory. Nothing was written then.</returns>
    bool TryWrite(ulong address, ReadOnlySpan<byte> source);

    /// <summary>Tries to read 4 bytes in one transaction.</summary>
    /// <param name="address">The physical address, a multiple of 4.</param>
    /// <param name="value">The value, or 0 after a failure.</param>
    /// <returns>true if the address has memory; otherwise, false.</returns>
    /// <exception cref="ArgumentException"><paramref name="address"/> is not a multiple of 4.</exception>
    bool TryReadUInt32(ulong address, out uint value);

    /// <summary>Tries to write 4 bytes in one transaction.</summary>
    /// <param name="address">The physical address, a multiple of 4.</param>
    /// <param name="value">The value.</param>
    /// <returns>true if the address has memory; otherwise, false.</returns>
    /// <exception cref="ArgumentException"><paramref name="address"/> is not a multiple of 4.</exception>
    bool TryWriteUInt32(ulong address, uint value);

    /// <summary>Tries to read 8 bytes in one transaction.</summary>
    /// <param name="address">The physical address, a multiple of 8.</param>
    /// <param name="value">The value, or 0 after a failure.</param>
    /// <returns>true if the address has memory; otherwise, false.</returns>
    /// <exception cref="ArgumentException"><paramref name="address"/> is not a multiple of 8.</exception>
    bool TryReadUInt64(ulong address, out ulong value);

    /// <summary>Tries to write 8 bytes in one transaction.</summary>
    /// <param name="address">The physical address, a multiple of 8.</param>
    /// <param name="value">The value.</param>
    /// <returns>true if the address has memory; otherwise, false.</returns>
    /// <exception cref="ArgumentException"><paramref name="address"/> is not a multiple of 8.</exception>
    bool TryWriteUInt64(ulong address, ulong value);

    /// <summary>Tries to compare and exchange 8 bytes in one transaction.</summary>
    /// <param name="address">The physical address, a multiple of 8.</param>
    /// <param name="expected">The value that must be in memory for the write.</param>
    /// <param name="value">The value to write.</param>
    /// <param name="found">The value that was in memory, or 0 after a failure. If it equals <paramref name="expected"/>, the new value was written.</param>
    /// <returns>true if the address has memory; otherwise, false.</returns>
    /// <exception cref="ArgumentException"><paramref name="address"/> is not a multiple of 8.</exception>
    bool TryCompareExchange(ulong address, ulong expected, ulong value, out ulong found);
}
