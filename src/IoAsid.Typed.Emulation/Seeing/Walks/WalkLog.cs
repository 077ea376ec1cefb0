using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>Writes down what a walk went through. What it went through twice, to test another right, is written down once.</summary>
internal sealed class WalkLog : IWalkWitness
{
    private readonly List<WalkStep> _steps = [];
    private readonly HashSet<ulong> _secondStageInputs = [];
    private ulong? _secondStageInput;
    private bool _isRepeating;

    public IReadOnlyList<WalkStep> Steps => _steps;

    /// <summary>Whether guest addresses are translated by a second stage.</summary>
    public bool IsNested { get; private set; }

    /// <summary>The input of the second-stage walk that failed; null if none did.</summary>
    public ulong? FailedInput { get; private set; }

    /// <summary>The entry that was read last.</summary>
    public SeenEntry? Last { get; private set; }

    public void Saw<TEntry, TBits>(EntryPosition position, in TEntry entry, in TBits reserved)
        where TEntry : struct, IBitStructure<TEntry, TBits>
        where TBits : struct, IBits<TBits>
    {
        IsNested |= entry is PasidEntry { GrantType: PasidGrantType.Nested };
        Last = SeenEntry.Of(position, entry, reserved, _secondStageInput);
        if (!_isRepeating)
            _steps.Add(new WalkStep.Entry(Last));
    }

    public void Missed(ulong address) => _steps.Add(new WalkStep.Nothing(address, _secondStageInput is not null));

    public void WouldSet(ulong address, ulong before, ulong after)
    {
        foreach (WalkStep step in _steps)
        {
            if (step is WalkStep.Entry { Seen: var seen } && seen.Address == address)
                seen.Afterwards |= after;
        }
    }

    public void SecondStageBegins(ulong input, WalkDemand demand)
    {
        _secondStageInput = input;
        _isRepeating = !_secondStageInputs.Add(input);
        if (IsNested && !_isRepeating)
            _steps.Add(new WalkStep.Nested(input));
    }

    public void SecondStageEnds(SecondStageFault fault, ulong output)
    {
        if (fault != SecondStageFault.None)
            FailedInput = _secondStageInput;
        else if (IsNested && !_isRepeating)
            _steps.Add(new WalkStep.HostAddress(output));
        _secondStageInput = null;
        _isRepeating = false;
    }
}
