namespace IoAsid.Typed.Benchmarks.Floors;

/// <summary>The part of a set that lookups and allocations need.</summary>
internal sealed class FloorSet(int index, FloorBudget budget)
{
    public readonly int Index = index;
    public readonly FloorBudget Budget = budget;
    public ulong Allocated;
    public ulong Reclaimed;
}

/// <summary>A quota, which several sets can share.</summary>
internal sealed class FloorBudget(long limit)
{
    public readonly long Limit = limit;
    public long Used;
}

/// <summary>The right to free one allocation. Bound to the generation of the number, not only to the number.</summary>
internal readonly record struct FloorHandle(FloorSet Set, ulong Life);
