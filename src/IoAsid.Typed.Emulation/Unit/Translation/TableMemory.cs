using System.Runtime.CompilerServices;

namespace IoAsid.Typed.Emulation;

/// <summary>Memory as the unit reads its tables: 8 bytes at a time, and others may come in between.</summary>
internal sealed class TableMemory(SparseMemory memory)
{
    /// <summary>Told before each transaction. It may change memory, as a processor may at that moment.</summary>
    public Action<TableAccess>? BeforeAccess { get; set; }

    /// <summary>Looks on at walks that change nothing in memory. The unit's own walks have none, and pay a test for null.</summary>
    public IWalkWitness? Witness { get; init; }

    /// <summary>Reads an entry.</summary>
    /// <returns>False if nothing is there.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryRead(ulong address, out ulong value)
    {
        BeforeAccess?.Invoke(new TableAccess(address, IsUpdate: false));
        return memory.TryReadUInt64(address, out value) || IsMissing(address);
    }

    /// <summary>Reads the words of a longer entry one by one, so that one that is being written shows torn.</summary>
    /// <returns>False if nothing is there.</returns>
    public bool TryRead(ulong address, Span<ulong> words)
    {
        for (int word = 0; word < words.Length; word++)
        {
            if (!TryRead(address + (ulong)word * 8, out words[word]))
                return false;
        }

        return true;
    }

    /// <summary>Sets bits of an entry that was read before, unless it has changed since.</summary>
    public bool TryUpdate(ulong address, ulong expected, ulong value)
    {
        if (Witness is { } witness)
        {
            witness.WouldSet(address, expected, value);
            return true;
        }

        BeforeAccess?.Invoke(new TableAccess(address, IsUpdate: true));
        return memory.TryCompareExchange(address, expected, value, out ulong found) && found == expected;
    }

    private bool IsMissing(ulong address)
    {
        Witness?.Missed(address);
        return false;
    }
}
