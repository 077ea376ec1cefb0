namespace IoAsid.Typed.Hardware;

/// <summary>A machine as an operating system finds it.</summary>
public interface IPlatform
{
    /// <summary>The physical memory as processors see it.</summary>
    IPhysicalMemory Memory { get; }

    /// <summary>The ranges of physical addresses that have memory, in ascending order.</summary>
    IReadOnlyList<MemoryRange> Ram { get; }

    /// <summary>The remapping units.</summary>
    IReadOnlyList<IIommuUnit> Units { get; }

    /// <summary>The interrupt controller.</summary>
    IInterruptController Interrupts { get; }

    /// <summary>The scheduler of the machine's steps.</summary>
    IScheduler Scheduler { get; }

    /// <summary>Subscribes an observer.</summary>
    /// <param name="observer">The observer.</param>
    /// <returns>The subscription. Disposing it ends the notifications.</returns>
    IDisposable Subscribe(IPlatformObserver observer);
}
