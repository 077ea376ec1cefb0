namespace IoAsid.Typed.Hardware;

/// <summary>A machine as an operating system finds it. Everything else is discovered from here.</summary>
public interface IPlatform
{
    /// <summary>Physical memory as processors see it.</summary>
    IPhysicalMemory Memory { get; }

    /// <summary>The ranges of physical addresses that are memory, ascending.</summary>
    IReadOnlyList<MemoryRange> Ram { get; }

    /// <summary>The remapping units.</summary>
    IReadOnlyList<IIommuUnit> Units { get; }

    /// <summary>What gives out interrupt vectors.</summary>
    IInterruptController Interrupts { get; }

    /// <summary>What decides when things happen.</summary>
    IScheduler Scheduler { get; }

    /// <summary>Notifies an observer from now on.</summary>
    /// <param name="observer">The observer.</param>
    /// <returns>Disposing it ends the subscription.</returns>
    IDisposable Subscribe(IPlatformObserver observer);
}
