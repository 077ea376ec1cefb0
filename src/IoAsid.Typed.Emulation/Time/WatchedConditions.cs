namespace IoAsid.Typed.Emulation;

/// <summary>The conditions that code on the machine waits for. They are evaluated between steps, like polling by a driver.</summary>
internal sealed class WatchedConditions(MachineTime time, Preemption preemption, SeededRandom random, bool isFifo)
{
    private readonly List<Wait> _waits = [];

    public void Add(Wait wait) => _waits.Add(wait);

    /// <summary>Completes waits whose conditions hold. In seeded order some conditions are skipped: a polling driver does not look after every step.</summary>
    public void CompleteSome()
    {
        if (_waits.Count != 0)
            Complete(oneIn: isFifo ? 1 : 2);
    }

    /// <summary>Completes all waits whose conditions hold. Returns true if at least one wait was completed.</summary>
    public bool CompleteAll() => Complete(oneIn: 1);

    /// <summary>Completes a wait at its time-out. The result is true if the condition holds now.</summary>
    public void TimeOut(Wait wait)
    {
        _waits.Remove(wait);
        wait.Complete(preemption.Holds(wait));
    }

    private bool Complete(int oneIn)
    {
        bool any = false;
        for (int at = 0; at < _waits.Count; at++)
        {
            Wait wait = _waits[at];
            if (oneIn != 1 && !random.OneIn(oneIn) || !preemption.Holds(wait))
                continue;
            _waits.RemoveAt(at--);
            time.Cancel(wait);
            wait.Complete(result: true);
            any = true;
        }

        return any;
    }
}
