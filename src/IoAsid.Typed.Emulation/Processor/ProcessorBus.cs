using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// How processors reach memory and registers. Each access is a place where hardware may work first, as the seed decides: what a
/// driver writes in several accesses can be seen half done.
/// </summary>
internal sealed class ProcessorBus
{
    private readonly SeededScheduler _scheduler;
    private readonly Observers<IProcessorObserver> _observers = new();

    /// <summary>The bus of a machine.</summary>
    /// <param name="scheduler">Whose processor steps make the accesses.</param>
    /// <param name="memory">The memory.</param>
    public ProcessorBus(SeededScheduler scheduler, SparseMemory memory)
    {
        _scheduler = scheduler;
        Memory = new ProcessorMemory(this, memory);
    }

    /// <summary>Memory as processors see it.</summary>
    public IPhysicalMemory Memory { get; }

    /// <summary>Registers as processors see them.</summary>
    /// <param name="name">What the block is called, for observers.</param>
    /// <param name="registers">The registers.</param>
    /// <returns>The same registers with the processor in front.</returns>
    public IRegisterBlock Registers(string name, IRegisterBlock registers) => new ProcessorRegisters(this, name, registers);

    /// <summary>A portal as processors see it.</summary>
    /// <param name="portal">The portal.</param>
    /// <returns>The same portal with the processor in front.</returns>
    public ICommandPortal Portal(ICommandPortal portal) => new ProcessorPortal(this, portal);

    /// <summary>Has an observer told of every write from now on.</summary>
    /// <param name="observer">The observer.</param>
    /// <returns>Disposing it ends that.</returns>
    public IDisposable Observe(IProcessorObserver observer) => _observers.Add(observer);

    /// <summary>Whether something may come between the pieces of one access.</summary>
    internal bool IsInterruptible => !_scheduler.IsCalm;

    /// <summary>Must be called before each access.</summary>
    internal void BeforeAccess() => _scheduler.BeforeProcessorAccess();

    /// <summary>Must be called before a read that repeats many others.</summary>
    internal void BeforePoll() => _scheduler.BeforePoll();

    /// <summary>Where an access of several words is torn in two.</summary>
    internal int PieceOf(int words) => _scheduler.Random.Below(words);

    internal void Wrote(ulong address, int length)
    {
        foreach (IProcessorObserver observer in _observers.All)
            observer.MemoryWritten(address, length);
    }

    internal void Wrote(string block, uint offset, int size, ulong value)
    {
        foreach (IProcessorObserver observer in _observers.All)
            observer.RegisterWritten(block, offset, size, value);
    }
}
