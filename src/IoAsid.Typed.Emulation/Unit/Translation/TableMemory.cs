using System.Runtime.CompilerServices;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// Memory as the unit reads its tables: 8 or 16 bytes at a time, each atomically (VT-d 9), and processors may write in between.
/// </summary>
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
        BeforeAccess?.Invoke(new TableAccess(address, sizeof(ulong), IsUpdate: false));
        return memory.TryReadUInt64(address, out value) || IsMissing(address);
    }

    /// <summary>Reads a longer entry in pieces of 16 bytes, so that one of more bytes that is being written shows torn.</summary>
    /// <param name="address">Where it is.</param>
    /// <param name="words">An even number of words.</param>
    /// <returns>False if nothing is there.</returns>
    public bool TryRead(ulong address, Span<ulong> words)
    {
        for (int word = 0; word < words.Length; word += 2, address += 2 * sizeof(ulong))
        {
            BeforeAccess?.Invoke(new TableAccess(address, 2 * sizeof(ulong), IsUpdate: false));
            if (!memory.TryReadUInt64(address, out words[word]))
                return IsMissing(address);
            // No hole begins within a piece.
            memory.TryReadUInt64(address + sizeof(ulong), out words[word + 1]);
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

        BeforeAccess?.Invoke(new TableAccess(address, sizeof(ulong), IsUpdate: true));
        memory.TryCompareExchange(address, expected, value, out ulong found);
        return found == expected;
    }

    private bool IsMissing(ulong address)
    {
        Witness?.Missed(address);
        return false;
    }
}
