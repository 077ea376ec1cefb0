namespace IoAsid.Typed.Emulation;

/// <summary>The execution of steps: the party of the current step, the notification of observers, and the passing of time.</summary>
internal sealed class StepRunner(SeededScheduler scheduler, StepQueues queues, MachineTime time)
{
    private readonly Observers<IStepObserver> _observers = new();
    private readonly StepContext[] _contexts = [new(scheduler, Party.Processor), new(scheduler, Party.Hardware)];

    /// <summary>The number of steps so far.</summary>
    public long Steps { get; private set; }

    /// <summary>The party of the current step; the processor outside of steps.</summary>
    public Party CurrentParty { get; private set; }

    public IDisposable Observe(IStepObserver observer) => _observers.Add(observer);

    public void Run(Party party, bool isPreempting = false)
    {
        Step step = queues.Dequeue(party);
        Enter(party);
        foreach (IStepObserver observer in _observers.All)
            observer.OnStep(new StepRecord(Steps, party, step.Name, Nanoseconds.ToTimeSpan(time.Now), isPreempting));
        Steps++;
        time.PassStep();
        step.Run();
    }

    /// <summary>Makes the following code run on behalf of a party.</summary>
    public void Enter(Party party)
    {
        CurrentParty = party;
        SynchronizationContext.SetSynchronizationContext(_contexts[(int)party]);
    }

    public void Leave(SynchronizationContext? outer)
    {
        CurrentParty = Party.Processor;
        SynchronizationContext.SetSynchronizationContext(outer);
    }
}
