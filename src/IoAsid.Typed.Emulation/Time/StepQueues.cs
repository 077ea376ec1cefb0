namespace IoAsid.Typed.Emulation;

/// <summary>The queued steps of each party. The next step is the one posted first in FIFO order; otherwise the seed decides.</summary>
internal sealed class StepQueues
{
    private const int SharesInAll = 8;

    private readonly PickQueue<Step>[] _queues = [new(), new()];
    private readonly SeededRandom _random;
    private readonly bool _isFifo;
    private readonly int _hardwareShare;
    private long _posted;

    public StepQueues(SeededRandom random, bool isFifo)
    {
        _random = random;
        _isFifo = isFifo;
        // The seed also decides how fast hardware is: fast and slow hardware lead to different interleavings.
        _hardwareShare = 1 + random.Below(SharesInAll - 1);
    }

    public bool HasHardware => Of(Party.Hardware).Count != 0;

    public void Add(Party party, Delegate callback, object? state, string name) => Of(party).Add(new Step(callback, state, name, _posted++));

    /// <summary>Tries to choose the party of the next step.</summary>
    public bool TryChooseParty(out Party party)
    {
        PickQueue<Step> processor = Of(Party.Processor);
        PickQueue<Step> hardware = Of(Party.Hardware);
        party = processor.Count == 0 ? Party.Hardware
            : hardware.Count == 0 ? Party.Processor
            : IsHardwaresTurn(processor, hardware) ? Party.Hardware : Party.Processor;
        return processor.Count + hardware.Count != 0;
    }

    /// <summary>Returns the name of the first step of a party. The queue must not be empty.</summary>
    public string FirstName(Party party) => Of(party).First.Name;

    /// <summary>Removes and returns the next step of a party. The queue must not be empty.</summary>
    public Step Dequeue(Party party)
    {
        PickQueue<Step> queue = Of(party);
        return queue.RemoveAt(_isFifo ? 0 : _random.Below(queue.Count));
    }

    private PickQueue<Step> Of(Party party) => _queues[(int)party];

    private bool IsHardwaresTurn(PickQueue<Step> processor, PickQueue<Step> hardware) =>
        _isFifo ? hardware.First.Number < processor.First.Number : _random.Below(SharesInAll) < _hardwareShare;
}
