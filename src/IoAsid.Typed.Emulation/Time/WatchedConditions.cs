namespace IoAsid.Typed.Emulation;

/// <summary>The conditions that code on the machine waits for. They are looked at between steps, as a driver that polls would.</summary>
internal sealed class WatchedConditions(MachineTime time, Preemption preemption, SeededRandom random, bool isCalm)
{
    private readonly List<Wait> _waits = [];

    public void Add(Wait wait) => _waits.Add(wait);

    /// <summary>Ends the waits whose conditions hold. A driver that polls does not look after every step: seeded, some conditions are left out.</summary>
    public void EndSome()
    {
        if (_waits.Count != 0)
            End(oneIn: isCalm ? 1 : 2);
    }

    /// <summary>Ends the waits whose conditions hold; false if there are none.</summary>
    public bool EndAll() => End(oneIn: 1);

    /// <summary>Ends a wait whose time is over; the condition may have come to hold in the last moment.</summary>
    public void TimeOut(Wait wait)
    {
        _waits.Remove(wait);
        wait.End(preemption.Holds(wait));
    }

    private bool End(int oneIn)
    {
        bool any = false;
        for (int at = 0; at < _waits.Count; at++)
        {
            Wait wait = _waits[at];
            if (oneIn != 1 && !random.OneIn(oneIn) || !preemption.Holds(wait))
                continue;
            _waits.RemoveAt(at--);
            time.Cancel(wait);
            wait.End(result: true);
            any = true;
        }

        return any;
    }
}
