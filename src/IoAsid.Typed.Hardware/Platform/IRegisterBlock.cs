namespace IoAsid.Typed.Hardware;

/// <summary>
/// The memory-mapped registers of a unit or a function. An access has 4 or 8 bytes and natural alignment, is one transaction, and may have side effects.
/// Implementations are not thread-safe: all accesses are in steps of the machine's <see cref="IScheduler"/>.
/// </summary>
public interface IRegisterBlock
{
    /// <summary>Reads 4 bytes.</summary>
    /// <param name="offset">The offset from the start of the block in bytes, a multiple of 4.</param>
    /// <returns>The value, or all ones if no register responds.</returns>
    uint Read32(uint offset);

    /// <summary>Reads 8 bytes.</summary>
    /// <param name="offset">The offset from the start of the block in bytes, a multiple of 8.</param>
    /// <returns>The value, or all ones if no register responds.</returns>
    ulong Read64(uint offset);

    /// <summary>Writes 4 bytes. The write is dropped if no register responds.</summary>
    /// <param name="offset">The offset from the start of the block in bytes, a multiple of 4.</param>
    /// <param name="value">The value.</param>
    void Write32(uint offset, uint value);

    /// <summary>Writes 8 bytes. The write is dropped if no register responds.</summary>
    /// <param name="offset">The offset from the start of the block in bytes, a multiple of 8.</param>
    /// <param name="value">The value.</param>
    void Write64(uint offset, ulong value);
}
