namespace IoAsid.Typed.Emulation;

/// <summary>Is told what processors write, after it was written. Reads are not told.</summary>
internal interface IProcessorObserver
{
    /// <summary>Bytes of memory were written.</summary>
    /// <param name="address">The physical address of the first.</param>
    /// <param name="length">How many.</param>
    void MemoryWritten(ulong address, int length)
    {
    }

    /// <summary>A register was written.</summary>
    /// <param name="block">The name of the block of registers.</param>
    /// <param name="offset">Bytes from the start of the block.</param>
    /// <param name="size">4 or 8 bytes.</param>
    /// <param name="value">What was written.</param>
    void RegisterWritten(string block, uint offset, int size, ulong value)
    {
    }
}
