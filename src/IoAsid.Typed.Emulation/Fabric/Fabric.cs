namespace IoAsid.Typed.Emulation;

/// <summary>
/// What connects devices, units and processors: to each endpoint a link up to the unit it is behind, and a link down from it.
/// Messages are on their way until a step of hardware lets them arrive, in an order that PCIe allows.
/// </summary>
internal sealed class Fabric
{
    private readonly Observers<IFabricObserver> _observers = new();
    private long _sent;

    /// <summary>A fabric to which nothing is attached.</summary>
    /// <param name="scheduler">Runs the steps in which messages arrive.</param>
    /// <param name="interrupts">Takes the interrupts.</param>
    public Fabric(SeededScheduler scheduler, InterruptController interrupts)
    {
        Scheduler = scheduler;
        Interrupts = interrupts;
    }

    internal SeededScheduler Scheduler { get; }

    internal InterruptController Interrupts { get; }

    internal PayloadPool Payloads { get; } = new();

    /// <summary>A place for a unit: what it sends by, and what functions are attached to.</summary>
    /// <param name="name">What the unit is called, for people.</param>
    /// <returns>The place; the unit is put there with <see cref="UnitPort.Connect"/>.</returns>
    public UnitPort AddUnit(string name) => new(this, name);

    /// <summary>Has an observer told of every message from now on.</summary>
    /// <param name="observer">The observer.</param>
    /// <returns>Disposing it ends that.</returns>
    public IDisposable Observe(IFabricObserver observer) => _observers.Add(observer);

    /// <summary>Numbers a message and tells that it was sent.</summary>
    internal FabricMessage Sent(in FabricMessage message)
    {
        FabricMessage numbered = message with { Number = _sent++ };
        foreach (IFabricObserver observer in _observers.All)
            observer.Sent(numbered);
        return numbered;
    }

    internal void TellArriving(in FabricMessage message)
    {
        foreach (IFabricObserver observer in _observers.All)
            observer.Arriving(message);
    }

    internal void TellDropped(in FabricMessage message, CompletionStatus status)
    {
        foreach (IFabricObserver observer in _observers.All)
            observer.Dropped(message, status);
    }

    internal void TellLost(in FabricMessage message)
    {
        foreach (IFabricObserver observer in _observers.All)
            observer.Lost(message);
    }
}
