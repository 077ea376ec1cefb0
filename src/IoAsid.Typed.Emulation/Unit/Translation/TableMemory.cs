using System.Runtime.CompilerServices;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// The memory of tables. The unit reads 8 or 16 bytes atomically (VT-d 9). Processors can write between two reads.
/// </summary>
/// <param name="memory">The memory.</param>
/// <param name="observers">The observers of memory transactions.</param>
/// <param name="walkObserver">The observer of walks that change nothing in memory. It is null for the walks of the unit itself.</param>
internal sealed class TableMemory(SparseMemory memory, UnitObservers observers, IWalkObserver? walkObserver = null)
{
    /// <summary>The observer of memory transactions, or null.</summary>
    public IUnitObserver? Observer => observers.Notified;

    /// <summary>The observer of walks that change nothing in memory, or null.</summary>
    public IWalkObserver? WalkObserver => walkObserver;

    /// <summary>Gets a value indicating whether an observer is notified of transactions or of walks.</summary>
    public bool IsObserved => walkObserver is not null || observers.Notified is not null;

    /// <summary>Returns the offset, in bytes, of the entry of an input address in a table.</summary>
    /// <param name="input">The input address.</param>
    /// <param name="level">The level of the table.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong OffsetOf(ulong input, int level) =>
        input >> TranslationTables.BitsPerLevel * level & (TranslationTables.PagingEntries - 1) * sizeof(ulong);

    /// <summary>Reads an entry of one word while <see cref="IsObserved"/> is false. Returns 0, which is no present entry, if no memory is at the address.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong ReadUnobserved(ulong address)
    {
        memory.TryReadAligned(address, out ulong value);
        return value;
    }

    /// <summary>Tries to read an entry of one word.</summary>
    /// <returns>True if the entry was read; false if no memory is at the address.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryRead(ulong address, out ulong value)
    {
        Observer?.TableAccessing(new TableAccess(address, sizeof(ulong), IsUpdate: false));
        return memory.TryReadUInt64(address, out value) || IsMissing(address);
    }

    /// <summary>Tries to read a longer entry in parts of 16 bytes. A processor can write between two parts.</summary>
    /// <param name="address">The address of the entry.</param>
    /// <param name="words">The destination, with an even number of words.</param>
    /// <returns>True if the entry was read; false if no memory is at the address.</returns>
    public bool TryRead(ulong address, Span<ulong> words)
    {
        for (int word = 0; word < words.Length; word += 2, address += 2 * sizeof(ulong))
        {
            Observer?.TableAccessing(new TableAccess(address, 2 * sizeof(ulong), IsUpdate: false));
            if (!memory.TryReadUInt64(address, out words[word]))
                return IsMissing(address);
            // RAM is aligned, so the second word of a part is in RAM if the first is.
            memory.TryReadUInt64(address + sizeof(ulong), out words[word + 1]);
        }

        return true;
    }

    /// <summary>Tries to update an entry that was read before. Fails if the entry has changed since.</summary>
    public bool TryUpdate(ulong address, ulong expected, ulong value)
    {
        if (walkObserver is not null)
        {
            walkObserver.UpdateSkipped(address, expected, value);
            return true;
        }

        Observer?.TableAccessing(new TableAccess(address, sizeof(ulong), IsUpdate: true));
        memory.TryCompareExchange(address, expected, value, out ulong found);
        return found == expected;
    }

    /// <summary>Returns the entry at which a walk begins: the lowest cached one of its address, or the one that refers to the table of the highest level.</summary>
    /// <param name="space">The address space.</param>
    /// <param name="isFirstStage">True for a walk of the first stage, false for the second stage.</param>
    /// <param name="structures">The paging-structure caches of the stage, or null for a walk without them.</param>
    /// <param name="input">The input address of the stage.</param>
    /// <param name="top">The entry that refers to the table of the highest level.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public CachedStructure BeginningOf(in AddressSpaceContext space, bool isFirstStage, StructureCache? structures, ulong input, CachedStructure top)
    {
        if (structures is null)
            return top;
        ref readonly CachedStructure cached = ref structures.Find(isFirstStage ? space.FirstStageTag : space.SecondStageTag, input, top.Level - 1);
        if (Unsafe.IsNullRef(in cached))
            return top;
        if (Observer is not null)
            NotifyUse(space, isFirstStage, input, cached);
        return cached;
    }

    // A separate method, so that a walk without an observer does not copy the address space.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void NotifyUse(in AddressSpaceContext space, bool isFirstStage, ulong input, in CachedStructure structure) =>
        Observer?.StructureUsed(new StructureUse(space, isFirstStage, input, structure));

    private bool IsMissing(ulong address)
    {
        walkObserver?.MemoryMissing(address);
        return false;
    }
}
