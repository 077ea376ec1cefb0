namespace IoAsid.Typed.Emulation;

/// <summary>An observer of a walk. It is notified of each entry before the unit checks the entry. A walk with an observer changes nothing in memory.</summary>
internal interface IWalkObserver
{
    /// <summary>Receives an entry that was read.</summary>
    /// <param name="position">The position of the entry.</param>
    /// <param name="entry">The entry.</param>
    /// <param name="reserved">The reserved bits of the entry.</param>
    void EntryRead<TEntry, TBits>(EntryPosition position, in TEntry entry, in TBits reserved)
        where TEntry : struct, IBitStructure<TEntry, TBits>
        where TBits : struct, IBits<TBits>;

    /// <summary>Receives the address of a read without memory.</summary>
    void MemoryMissing(ulong address);

    /// <summary>Receives the update of accessed or dirty bits that the unit would make to the last entry at an address.</summary>
    void UpdateSkipped(ulong address, ulong before, ulong after);

    /// <summary>Receives the begin of a second-stage walk. With nested translation there is one for each guest address.</summary>
    void SecondStageStarted(ulong input, WalkDemand demand);

    /// <summary>Receives the end of the last second-stage walk.</summary>
    void SecondStageEnded(SecondStageFault fault, ulong output);
}
