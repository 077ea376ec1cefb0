namespace IoAsid.Typed.Emulation;

/// <summary>The execution of AtomicOps on memory.</summary>
internal static class AtomicAccess
{
    /// <summary>Tries to read, change and write 4 or 8 bytes in one transaction.</summary>
    /// <returns>True if the transaction is complete; false if no memory is at the address.</returns>
    public static bool TryExecute(
        SparseMemory memory, ulong address, AtomicOperation operation, int size, ulong operand, ulong comparand, out ulong previous)
    {
        ulong word = address & ~7UL;
        int shift = (int)(address - word) * 8;
        ulong mask = size == 8 ? ulong.MaxValue : 0xFFFF_FFFF;
        if (!memory.TryReadUInt64(word, out ulong found))
        {
            previous = 0;
            return false;
        }

        previous = found >> shift & mask;
        ulong changed = operation switch
        {
            AtomicOperation.FetchAdd => previous + operand,
            AtomicOperation.Swap => operand,
            _ => previous == (comparand & mask) ? operand : previous,
        };
        return memory.TryWriteUInt64(word, found & ~(mask << shift) | (changed & mask) << shift);
    }
}
