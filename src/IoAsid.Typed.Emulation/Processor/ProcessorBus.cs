using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// The path of processors to memory and registers. Hardware steps can run before each access, as the seed decides, so hardware can see a structure that a
/// driver has written only in part.
/// </summary>
internal sealed class ProcessorBus
{
    private readonly SeededScheduler _scheduler;
    private readonly Observers<IProcessorObserver> _observers = new();

    /// <summary>Creates the bus of a machine.</summary>
    /// <param name="scheduler">The scheduler whose processor steps make the accesses.</param>
    /// <param name="memory">The memory.</param>
    public ProcessorBus(SeededScheduler scheduler, SparseMemory memory)
    {
        _scheduler = scheduler;
        Memory = new ProcessorMemory(this, memory);
    }

    /// <summary>Memory as processors see it.</summary>
    public IPhysicalMemory Memory { get; }

    /// <summary>Returns registers as processors see them.</summary>
    /// <param name="name">The name of the block for observers.</param>
    /// <param name="registers">The registers.</param>
    /// <returns>The same registers, with the processor in front of each access.</returns>
    public IRegisterBlock Registers(string name, IRegisterBlock registers) => new ProcessorRegisters(this, name, registers);

    /// <summary>Returns a portal as processors see it.</summary>
    /// <param name="portal">The portal.</param>
    /// <returns>The same portal, with the processor in front of each command.</returns>
    public ICommandPortal Portal(ICommandPortal portal) => new ProcessorPortal(this, portal);

    /// <summary>Notifies an observer of all writes, until the returned object is disposed.</summary>
    /// <param name="observer">The observer.</param>
    /// <returns>The subscription. Its disposal ends the notifications.</returns>
    public IDisposable Observe(IProcessorObserver observer) => _observers.Add(observer);

    /// <summary>Gets a value indicating whether hardware steps can run between the words of one access.</summary>
    internal bool IsInterruptible => !_scheduler.IsFifo;

    /// <summary>Runs hardware steps before an access, as the seed decides. Each access must call this first.</summary>
    internal void BeforeAccess() => _scheduler.BeforeProcessorAccess();

    /// <summary>Runs hardware steps before a read of a polling processor, in FIFO order too.</summary>
    internal void BeforePoll() => _scheduler.BeforePoll();

    /// <summary>Returns the word at which an access of several words is split in two.</summary>
    internal int SplitPoint(int words) => _scheduler.Random.Below(words);

    internal void NotifyWritten(ulong address, int length)
    {
        foreach (IProcessorObserver observer in _observers.All)
            observer.MemoryWritten(address, length);
    }

    internal void NotifyWritten(string block, uint offset, int size, ulong value)
    {
        foreach (IProcessorObserver observer in _observers.All)
            observer.RegisterWritten(block, offset, size, value);
    }
}
