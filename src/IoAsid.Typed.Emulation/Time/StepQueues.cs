namespace IoAsid.Typed.Emulation;

/// <summary>The steps that wait to run, by party, and the choice of the next one: in calm order the one posted first, otherwise as the seed decides.</summary>
internal sealed class StepQueues
{
    private const int SharesInAll = 8;

    private readonly PickQueue<Step>[] _queues = [new(), new()];
    private readonly SeededRandom _random;
    private readonly bool _isCalm;
    private readonly int _hardwareShare;
    private long _posted;

    public StepQueues(SeededRandom random, bool isCalm)
    {
        _random = random;
        _isCalm = isCalm;
        // Some machines have quick hardware, some have slow hardware: interleavings of the one rarely come up with the other.
        _hardwareShare = 1 + random.Below(SharesInAll - 1);
    }

    public bool HasHardware => Of(Party.Hardware).Count != 0;

    public void Add(Party party, Delegate callback, object? state, string name) => Of(party).Add(new Step(callback, state, name, _posted++));

    /// <summary>Chooses the party of the next step; false if no step waits.</summary>
    public bool TryChooseParty(out Party party)
    {
        PickQueue<Step> processor = Of(Party.Processor);
        PickQueue<Step> hardware = Of(Party.Hardware);
        party = processor.Count == 0 ? Party.Hardware
            : hardware.Count == 0 ? Party.Processor
            : IsHardwaresTurn(processor, hardware) ? Party.Hardware : Party.Processor;
        return processor.Count + hardware.Count != 0;
    }

    /// <summary>Returns the name of the first step of a party, of which at least one waits.</summary>
    public string FirstName(Party party) => Of(party).First.Name;

    /// <summary>Chooses and takes a step of a party, of which at least one waits.</summary>
    public Step Take(Party party)
    {
        PickQueue<Step> queue = Of(party);
        return queue.Take(_isCalm ? 0 : _random.Below(queue.Count));
    }

    private PickQueue<Step> Of(Party party) => _queues[(int)party];

    private bool IsHardwaresTurn(PickQueue<Step> processor, PickQueue<Step> hardware) =>
        _isCalm ? hardware.First.Number < processor.First.Number : _random.Below(SharesInAll) < _hardwareShare;
}
