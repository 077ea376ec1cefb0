using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>The parts of an <see cref="EmulatedMachine"/>.</summary>
public sealed record MachineOptions
{
    /// <summary>The options of the scheduler, with the seed.</summary>
    public SchedulerOptions Scheduler { get; init; } = new();

    /// <summary>The ranges of memory. Only chunks that are written to use memory of the host.</summary>
    public IReadOnlyList<MemoryRange> Ram { get; init; } = [new(0, 0x8000_0000), new(0x1_0000_0000, 0x1_0000_0000)];

    /// <summary>The remapping units, in the order of <see cref="EmulatedMachine.Units"/>.</summary>
    public IReadOnlyList<MachineUnit> Units { get; init; } = [];
}
