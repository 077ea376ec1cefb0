using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// An emulated machine: memory, units with functions behind them, interrupts and the scheduler. Drivers use it as an <see cref="IPlatform"/>. Tests and
/// samples also reach the emulated parts.
/// </summary>
public sealed class EmulatedMachine : IPlatform
{
    private readonly List<EmulatedIommuUnit> _units = [];
    private readonly Observers<IPlatformObserver> _platformObservers = new();

    /// <summary>Creates a machine at time zero.</summary>
    /// <param name="options">The parts of the machine.</param>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
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

    /// <summary>The scheduler that runs the machine.</summary>
    public SeededScheduler Scheduler { get; }

    /// <summary>The memory without a processor: no hardware step runs before an access, and no observer is notified.</summary>
    public IPhysicalMemory PhysicalMemory => SparseMemory;

    /// <summary>The remapping units.</summary>
    public IReadOnlyList<EmulatedIommuUnit> Units => _units;

    /// <summary>Memory as processors see it.</summary>
    public IPhysicalMemory Memory => Bus.Memory;

    /// <inheritdoc/>
    public IReadOnlyList<MemoryRange> Ram => SparseMemory.Ram;

    /// <inheritdoc/>
    public IInterruptController Interrupts => Controller;

    /// <summary>The path of processors to memory and registers.</summary>
    internal ProcessorBus Bus { get; }

    /// <summary>The connection of devices, units and processors.</summary>
    internal Fabric Fabric { get; }

    internal InterruptController Controller { get; }

    internal SparseMemory SparseMemory { get; }

    IReadOnlyList<IIommuUnit> IPlatform.Units => _units;

    IScheduler IPlatform.Scheduler => Scheduler;

    /// <inheritdoc/>
    public IDisposable Subscribe(IPlatformObserver observer) => _platformObservers.Add(observer);

    /// <summary>Adds a new function behind a unit.</summary>
    /// <typeparam name="T">The type of the function.</typeparam>
    /// <param name="unit">The zero-based index of the unit.</param>
    /// <param name="requesterId">The requester id of the function.</param>
    /// <param name="create">The constructor of the function.</param>
    /// <returns>The function.</returns>
    /// <exception cref="ArgumentException">Another function with the requester id is behind the unit. Nothing changed.</exception>
    public T AddFunction<T>(int unit, RequesterId requesterId, Func<FunctionContext, T> create)
        where T : EmulatedFunction
    {
        T function = create(new FunctionContext(requesterId, Scheduler));
        function.Attach(_units[unit].Port, Bus);
        _units[unit].Add(function);
        return function;
    }

    /// <summary>Removes a function without warning (surprise removal). Each observer of the platform is notified in a step of its own.</summary>
    /// <param name="function">The function.</param>
    /// <exception cref="ArgumentException">The function is not in this machine. Nothing changed.</exception>
    public void RemoveFunction(EmulatedFunction function)
    {
        if (!_units.Exists(unit => unit.Remove(function)))
            throw new ArgumentException($"{function.RequesterId} is not in this machine. Add it first.", nameof(function));
        function.Remove();
        foreach (IPlatformObserver observer in _platformObservers.All)
            Scheduler.Enqueue(Party.Processor, () => observer.FunctionRemoved(function), null, $"{function.RequesterId} removed");
    }

    /// <summary>Returns the function with a requester id.</summary>
    /// <typeparam name="T">The type of the function.</typeparam>
    /// <param name="requesterId">The requester id.</param>
    /// <returns>The function.</returns>
    /// <exception cref="ArgumentException">No function of the type has the requester id.</exception>
    public T Function<T>(RequesterId requesterId)
        where T : EmulatedFunction =>
        _units.SelectMany(unit => unit.Functions).OfType<T>().FirstOrDefault(function => function.RequesterId == requesterId)
        ?? throw new ArgumentException($"There is no {typeof(T).Name} at {requesterId}.", nameof(requesterId));

    /// <summary>Runs until no step can run and no timer is set (<see cref="SeededScheduler.Run()"/>).</summary>
    public void Run() => Scheduler.Run();

    /// <summary>Runs code on the processor until it is complete (<see cref="SeededScheduler.Run(Func{Task})"/>).</summary>
    /// <param name="work">The code.</param>
    public void Run(Func<Task> work) => Scheduler.Run(work);

    /// <summary>Runs code on the processor until it is complete (<see cref="SeededScheduler.Run{T}(Func{Task{T}})"/>).</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="work">The code.</param>
    /// <returns>The result of the code.</returns>
    public T Run<T>(Func<Task<T>> work) => Scheduler.Run(work);

    /// <summary>Runs for a span of virtual time (<see cref="SeededScheduler.RunFor"/>).</summary>
    /// <param name="span">The span, in virtual time.</param>
    public void RunFor(TimeSpan span) => Scheduler.RunFor(span);

    private void Add(MachineUnit description)
    {
        UnitPort port = Fabric.AddUnit(description.Name);
        IEmulatedUnit unit = description.Create(new UnitContext(description.Name, SparseMemory, Scheduler.Hardware, port));
        port.Connect(unit);
        _units.Add(new EmulatedIommuUnit(this, port, unit, Bus.Registers(description.Name, unit.Registers)));
        foreach ((RequesterId requesterId, Func<FunctionContext, EmulatedFunction> create) in description.Functions)
            AddFunction(_units.Count - 1, requesterId, create);
    }
}
