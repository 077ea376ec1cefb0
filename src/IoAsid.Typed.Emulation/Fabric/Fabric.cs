namespace IoAsid.Typed.Emulation;

/// <summary>
/// The connection of devices, units and processors. Each endpoint has an upstream link to its unit and a downstream link from it. A message is in flight
/// until a step of hardware delivers it, in an order that PCIe allows.
/// </summary>
internal sealed class Fabric
{
    private readonly Observers<IFabricObserver> _observers = new();
    private readonly Stack<InFlight> _idle = [];
    private long _sent;

    /// <summary>Creates a fabric without units.</summary>
    /// <param name="scheduler">The scheduler of the steps in which messages arrive.</param>
    /// <param name="interrupts">The receiver of interrupts.</param>
    public Fabric(SeededScheduler scheduler, InterruptController interrupts)
    {
        Scheduler = scheduler;
        Interrupts = interrupts;
    }

    internal SeededScheduler Scheduler { get; }

    internal InterruptController Interrupts { get; }

    internal PayloadPool Payloads { get; } = new();

    /// <summary>Adds a port for a unit.</summary>
    /// <param name="name">The display name of the unit.</param>
    /// <returns>The port. <see cref="UnitPort.Connect"/> connects the unit.</returns>
    public UnitPort AddUnit(string name) => new(this, name);

    /// <summary>Notifies an observer of all messages, until the returned object is disposed.</summary>
    /// <param name="observer">The observer.</param>
    /// <returns>The subscription. Its disposal ends the notifications.</returns>
    public IDisposable Observe(IFabricObserver observer) => _observers.Add(observer);

    /// <summary>Gives a message its sequence number, notifies the observers that it was sent, and returns it.</summary>
    internal InFlight Begin(in FabricMessage message, byte[]? payload = null)
    {
        InFlight sent = _idle.Count == 0 ? new InFlight() : _idle.Pop();
        sent.Set(message, _sent++, payload);
        foreach (IFabricObserver observer in _observers.All)
            observer.Sent(sent.Message);
        return sent;
    }

    /// <summary>Ends a message whose receiver has returned, or that is lost. Another message reuses its object.</summary>
    internal void End(InFlight message) => _idle.Push(message);

    internal void NotifyArriving(in FabricMessage message)
    {
        foreach (IFabricObserver observer in _observers.All)
            observer.Arriving(message);
    }

    internal void NotifyDropped(in FabricMessage message, CompletionStatus status)
    {
        foreach (IFabricObserver observer in _observers.All)
            observer.Dropped(message, status);
    }

    internal void NotifyLost(in FabricMessage message)
    {
        foreach (IFabricObserver observer in _observers.All)
            observer.Lost(message);
    }
}
