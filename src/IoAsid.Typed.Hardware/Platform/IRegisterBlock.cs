namespace IoAsid.Typed.Hardware;

/// <summary>
/// Memory-mapped registers of a unit or a function. Accesses are 4 or 8 bytes, naturally aligned; each is one transaction and may have side effects.
/// Not thread-safe: everything on a machine happens in steps of its <see cref="IScheduler"/>.
/// </summary>
public interface IRegisterBlock
{
    /// <summary>Reads 4 bytes.</summary>
    /// <param name="offset">Bytes from the start of the block, a multiple of 4.</param>
    /// <returns>The value; all ones where nothing answers, as on a real bus.</returns>
    uint Read32(uint offset);

    /// <summary>Reads 8 bytes.</summary>
    /// <param name="offset">Bytes from the start of the block, a multiple of 8.</param>
    /// <returns>The value; all ones where nothing answers, as on a real bus.</returns>
    ulong Read64(uint offset);

    /// <summary>Writes 4 bytes; dropped where nothing answers.</summary>
    /// <param name="offset">Bytes from the start of the block, a multiple of 4.</param>
    /// <param name="value">The value.</param>
    void Write32(uint offset, uint value);

    /// <summary>Writes 8 bytes; dropped where nothing answers.</summary>
    /// <param name="offset">Bytes from the start of the block, a multiple of 8.</param>
    /// <param name="value">The value.</param>
    void Write64(uint offset, ulong value);
}
