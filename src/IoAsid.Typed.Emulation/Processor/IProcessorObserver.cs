namespace IoAsid.Typed.Emulation;

/// <summary>An observer of the writes of processors. It is notified after each write, and not of reads.</summary>
internal interface IProcessorObserver
{
    /// <summary>Receives a write to memory.</summary>
    /// <param name="address">The physical address of the first byte.</param>
    /// <param name="length">The number of bytes.</param>
    void MemoryWritten(ulong address, int length)
    {
    }

    /// <summary>Receives a write to a register.</summary>
    /// <param name="block">The name of the register block.</param>
    /// <param name="offset">The offset in the block, in bytes.</param>
    /// <param name="size">The size of the write: 4 or 8 bytes.</param>
    /// <param name="value">The value.</param>
    void RegisterWritten(string block, uint offset, int size, ulong value)
    {
    }
}
