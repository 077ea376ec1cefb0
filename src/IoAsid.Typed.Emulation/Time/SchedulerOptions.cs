namespace IoAsid.Typed.Emulation;

/// <summary>How a <see cref="SeededScheduler"/> chooses steps and when it gives up.</summary>
public sealed record SchedulerOptions
{
    /// <summary>Fixes every choice: the same seed gives the same steps on any machine. 0 is the calm order.</summary>
    public ulong Seed { get; init; }

    /// <summary>How the next step is chosen.</summary>
    public StepOrder Order { get; init; }

    /// <summary>How much of the machine's time a step takes; positive.</summary>
    public TimeSpan StepDuration { get; init; } = TimeSpan.FromMicroseconds(0.1);

    /// <summary>How many steps one run may take before it is given up as endless.</summary>
    public long StepLimit { get; init; } = 50_000_000;

    /// <summary>Whether steps run in the order they were posted.</summary>
    public bool IsCalm => Seed == 0 || Order == StepOrder.Fifo;
}
