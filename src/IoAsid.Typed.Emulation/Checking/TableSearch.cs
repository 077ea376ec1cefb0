using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>A search for the table below a level of one stage. It records the address of the table, and the rights of the entries on the path to it.</summary>
/// <param name="isFirstStage">True for the first stage, false for the second stage.</param>
/// <param name="level">The level of the entry that refers to the table.</param>
internal sealed class TableSearch(bool isFirstStage, int level) : IWalkObserver
{
    private const ulong PageMask = 0xFFF;

    private int _secondStages;
    private int _lastLevel;

    /// <summary>The host address of the table; null if the entries lead to no table.</summary>
    public ulong? Table { get; private set; }

    /// <summary>The rights of the entries down to the level.</summary>
    public EntryRights Rights { get; private set; } = EntryRights.All;

    // For the first stage, the walk is not inside a nested second-stage walk. For the second stage, it is inside exactly one.
    private bool IsInStage => _secondStages == (isFirstStage ? 0 : 1);

    public void EntryRead<TEntry, TBits>(EntryPosition position, in TEntry entry, in TBits reserved)
        where TEntry : struct, IBitStructure<TEntry, TBits>
        where TBits : struct, IBits<TBits>
    {
        if (!IsInStage || position.Level == 0)
            return;
        _lastLevel = position.Level;
        if (position.Level == level - 1)
            Table ??= position.Address & ~PageMask;
        else if (position.Level >= level)
            Rights &= RightsOf(entry);
    }

    public void MemoryMissing(ulong address)
    {
        if (IsInStage && _lastLevel == level)
            Table ??= address & ~PageMask;
    }

    public void UpdateSkipped(ulong address, ulong before, ulong after)
    {
    }

    public void SecondStageStarted(ulong input, WalkDemand demand) => _secondStages++;

    public void SecondStageEnded(SecondStageFault fault, ulong output) => _secondStages--;

    private static EntryRights RightsOf<TEntry>(in TEntry entry) => entry switch
    {
        FirstStageEntry first => EntryRightsExtensions.RightsOf(first),
        SecondStageEntry second => EntryRightsExtensions.RightsOf(second),
        _ => EntryRights.All,
    };
}
