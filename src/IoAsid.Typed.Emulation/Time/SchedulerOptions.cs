namespace IoAsid.Typed.Emulation;

/// <summary>The options of a <see cref="SeededScheduler"/>: the choice of steps, and the limit of a run.</summary>
public sealed record SchedulerOptions
{
    /// <summary>The seed of all choices. The same seed gives the same steps on any machine. 0 is first in, first out, without preemption, for tests that are not about concurrency.</summary>
    public ulong Seed { get; init; }

    /// <summary>The duration of a step, in virtual time; positive.</summary>
    public TimeSpan StepDuration { get; init; } = TimeSpan.FromMicroseconds(0.1);

    /// <summary>The number of steps after which a run is considered endless; positive.</summary>
    public long StepLimit { get; init; } = 50_000_000;

    /// <summary>Gets a value indicating whether steps run in the order in which they were posted, without preemption.</summary>
    public bool IsFifo => Seed == 0;
}
