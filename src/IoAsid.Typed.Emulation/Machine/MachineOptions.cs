using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>What a machine is made of.</summary>
public sealed record MachineOptions
{
    /// <summary>Which steps are chosen when; the seed is in it.</summary>
    public SchedulerOptions Scheduler { get; init; } = new();

    /// <summary>Where memory is. It costs only what is written to.</summary>
    public IReadOnlyList<MemoryRange> Ram { get; init; } = [new(0, 0x8000_0000), new(0x1_0000_0000, 0x1_0000_0000)];

    /// <summary>The remapping units, in the order in which the machine has them.</summary>
    public IReadOnlyList<MachineUnit> Units { get; init; } = [];
}
