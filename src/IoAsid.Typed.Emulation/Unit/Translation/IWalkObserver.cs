using System.Runtime.CompilerServices;
using IoAsid.Typed.Vtd;

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

/// <summary>The notification of <see cref="IWalkObserver"/> by walks of the unit.</summary>
internal static class WalkObserverExtensions
{
    /// <summary>Notifies an observer of a paging entry. A separate method, so that a walk without an observer keeps the entry in a register.</summary>
    /// <param name="observer">The observer.</param>
    /// <param name="host">The host address of the entry.</param>
    /// <param name="input">The input address of the walk.</param>
    /// <param name="level">The level of the entry.</param>
    /// <param name="entry">The entry.</param>
    /// <param name="reserved">The reserved bits of the entry.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void PagingEntryRead<TEntry>(this IWalkObserver observer, ulong host, ulong input, int level, TEntry entry, ulong reserved)
        where TEntry : struct, IBitStructure<TEntry, Bits64> =>
        observer.EntryRead(new EntryPosition(host, TranslationTables.IndexOf(input, level), level), entry, new Bits64(reserved));
}
