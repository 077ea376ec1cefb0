using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// A machine: memory, units with functions behind them, interrupts and the scheduler that runs it all. Drivers see it as an <see
/// cref="IPlatform"/>; tests and samples also reach what is emulated.
/// </summary>
public sealed class EmulatedMachine : IPlatform
{
    private readonly List<EmulatedIommuUnit> _units = [];
    private readonly Observers<IPlatformObserver> _platformObservers = new();

    /// <summary>Builds a machine and switches it on: time is zero, nothing has run.</summary>
    /// <param name="options">What it is made of.</param>
    /// <exception cref="ArgumentException">The options do not fit together.</exception>
    public EmulatedMachine(MachineOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Scheduler = new SeededScheduler(options.Scheduler);
        SparseMemory = new SparseMemory(options.Ram);
        Bus = new ProcessorBus(Scheduler, SparseMemory);
        Controller = new InterruptController(Scheduler);
        Fabric = new Fabric(Scheduler, Controller);
        foreach (MachineUnit unit in options.Units)
            Add(unit);
    }

    /// <summary>Runs the machine.</summary>
    public SeededScheduler Scheduler { get; }

    /// <summary>The memory itself, without a processor in front: an access lets no hardware work, and no checker knows of it.</summary>
    public IPhysicalMemory PhysicalMemory => SparseMemory;

    /// <summary>The units.</summary>
    public IReadOnlyList<EmulatedIommuUnit> Units => _units;

    /// <summary>Memory as processors see it.</summary>
    public IPhysicalMemory Memory => Bus.Memory;

    /// <inheritdoc/>
    public IReadOnlyList<MemoryRange> Ram => SparseMemory.Ram;

    /// <inheritdoc/>
    public IInterruptController Interrupts => Controller;

    /// <summary>How processors reach memory and registers.</summary>
    internal ProcessorBus Bus { get; }

    /// <summary>Carries messages between devices, units and processors.</summary>
    internal Fabric Fabric { get; }

    internal InterruptController Controller { get; }

    internal SparseMemory SparseMemory { get; }

    IReadOnlyList<IIommuUnit> IPlatform.Units => _units;

    IScheduler IPlatform.Scheduler => Scheduler;

    /// <inheritdoc/>
    public IDisposable Subscribe(IPlatformObserver observer) => _platformObservers.Add(observer);

    /// <summary>Plugs a function in behind a unit.</summary>
    /// <typeparam name="T">What it is.</typeparam>
    /// <param name="unit">The index of the unit.</param>
    /// <param name="requesterId">The id on its requests.</param>
    /// <param name="create">Makes the function.</param>
    /// <returns>The function.</returns>
    /// <exception cref="ArgumentException">Another one with that id is behind the unit.</exception>
    public T PlugIn<T>(int unit, RequesterId requesterId, Func<FunctionContext, T> create)
        where T : EmulatedFunction
    {
        T function = create(new FunctionContext(requesterId, Scheduler));
        function.PlugIn(_units[unit].Port, Bus);
        _units[unit].Add(function);
        return function;
    }

    /// <summary>Pulls a function out, whatever it is doing. Those who observe removals are told in a step each.</summary>
    /// <param name="function">The function.</param>
    /// <exception cref="ArgumentException">It is not plugged in.</exception>
    public void PullOut(EmulatedFunction function)
    {
        if (!_units.Exists(unit => unit.Remove(function)))
            throw new ArgumentException($"{function.RequesterId} is not plugged in.", nameof(function));
        function.PullOut();
        foreach (IPlatformObserver observer in _platformObservers.All)
            Scheduler.Enqueue(Party.Processor, () => observer.FunctionRemoved(function), null, $"{function.RequesterId} removed");
    }

    /// <summary>The function with a requester id.</summary>
    /// <typeparam name="T">What it is.</typeparam>
    /// <param name="requesterId">The id.</param>
    /// <returns>The function.</returns>
    /// <exception cref="ArgumentException">There is none of that kind.</exception>
    public T Function<T>(RequesterId requesterId)
        where T : EmulatedFunction =>
        _units.SelectMany(unit => unit.Functions).OfType<T>().FirstOrDefault(function => function.RequesterId == requesterId)
        ?? throw new ArgumentException($"There is no {typeof(T).Name} at {requesterId}.", nameof(requesterId));

    /// <summary>Runs until nothing is left to do (<see cref="SeededScheduler.Run()"/>).</summary>
    public void Run() => Scheduler.Run();

    /// <summary>Runs code on the processor until it is complete (<see cref="SeededScheduler.Run(Func{Task})"/>).</summary>
    /// <param name="work">The code.</param>
    public void Run(Func<Task> work) => Scheduler.Run(work);

    /// <summary>Runs code on the processor until it is complete (<see cref="SeededScheduler.Run{T}(Func{Task{T}})"/>).</summary>
    /// <typeparam name="T">What it results in.</typeparam>
    /// <param name="work">The code.</param>
    /// <returns>Its result.</returns>
    public T Run<T>(Func<Task<T>> work) => Scheduler.Run(work);

    /// <summary>Runs for a span of the machine's time (<see cref="SeededScheduler.RunFor"/>).</summary>
    /// <param name="span">How long.</param>
    public void RunFor(TimeSpan span) => Scheduler.RunFor(span);

    private void Add(MachineUnit description)
    {
        UnitPort port = Fabric.AddUnit(description.Name);
        IEmulatedUnit unit = description.Create(new UnitContext(description.Name, SparseMemory, Scheduler.Hardware, port));
        port.Connect(unit);
        _units.Add(new EmulatedIommuUnit(this, port, unit, Bus.Registers(description.Name, unit.Registers)));
        foreach ((RequesterId requesterId, Func<FunctionContext, EmulatedFunction> create) in description.Functions)
            PlugIn(_units.Count - 1, requesterId, create);
    }
}
