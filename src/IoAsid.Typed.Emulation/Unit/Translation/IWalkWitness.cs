namespace IoAsid.Typed.Emulation;

/// <summary>Looks on at a walk: is told what each read was for, before the entry is tested. With a witness a walk changes nothing in memory.</summary>
internal interface IWalkWitness
{
    /// <summary>An entry was read.</summary>
    /// <param name="position">Where it is.</param>
    /// <param name="entry">The entry.</param>
    /// <param name="reserved">The bits that must be clear in it.</param>
    void Saw<TEntry, TBits>(EntryPosition position, in TEntry entry, in TBits reserved)
        where TEntry : struct, IBitStructure<TEntry, TBits>
        where TBits : struct, IBits<TBits>;

    /// <summary>Nothing answers at an address.</summary>
    void Missed(ulong address);

    /// <summary>A unit would set accessed or dirty bits of the entry that was seen last at an address.</summary>
    void WouldSet(ulong address, ulong before, ulong after);

    /// <summary>A second-stage walk begins: the only one, or under nesting one for each guest address.</summary>
    void SecondStageBegins(ulong input, WalkDemand demand);

    /// <summary>The second-stage walk that began last is over.</summary>
    void SecondStageEnds(SecondStageFault fault, ulong output);
}
