using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>The record of a walk. A second-stage walk that is repeated to check another right is recorded once.</summary>
internal sealed class WalkLog : IWalkObserver
{
    private readonly List<WalkStep> _steps = [];
    private readonly HashSet<ulong> _secondStageInputs = [];
    private ulong? _secondStageInput;
    private bool _isRepeating;

    public IReadOnlyList<WalkStep> Steps => _steps;

    /// <summary>Gets a value indicating whether a second stage translates guest addresses.</summary>
    public bool IsNested { get; private set; }

    /// <summary>The input of the failed second-stage walk, or null.</summary>
    public ulong? FailedInput { get; private set; }

    /// <summary>The last entry that was read.</summary>
    public WalkedEntry? Last { get; private set; }

    public void EntryRead<TEntry, TBits>(EntryPosition position, in TEntry entry, in TBits reserved)
        where TEntry : struct, IBitStructure<TEntry, TBits>
        where TBits : struct, IBits<TBits>
    {
        IsNested |= entry is PasidEntry { GrantType: PasidGrantType.Nested };
        Last = WalkedEntry.Of(position, entry, reserved, _secondStageInput);
        if (!_isRepeating)
            _steps.Add(new WalkStep.Entry(Last));
    }

    public void MemoryMissing(ulong address) => _steps.Add(new WalkStep.NoMemory(address, _secondStageInput is not null));

    public void UpdateSkipped(ulong address, ulong before, ulong after)
    {
        foreach (WalkStep step in _steps)
        {
            if (step is WalkStep.Entry { Walked: var entry } && entry.Address == address)
                entry.UpdatedWord |= after;
        }
    }

    public void SecondStageStarted(ulong input, WalkDemand demand)
    {
        _secondStageInput = input;
        _isRepeating = !_secondStageInputs.Add(input);
        if (IsNested && !_isRepeating)
            _steps.Add(new WalkStep.GuestAddress(input));
    }

    public void SecondStageEnded(SecondStageFault fault, ulong output)
    {
        if (fault != SecondStageFault.None)
            FailedInput = _secondStageInput;
        else if (IsNested && !_isRepeating)
            _steps.Add(new WalkStep.HostAddress(output));
        _secondStageInput = null;
        _isRepeating = false;
    }
}
