namespace IoAsid.Typed.Emulation;

/// <summary>The order in which queued steps run.</summary>
public enum StepOrder
{
    /// <summary>The seed decides. Hardware steps can run between two accesses of a processor's step. Seed 0 is <see cref="Fifo"/>.</summary>
    Seeded,

    /// <summary>First in, first out, without preemption, for tests that are not about concurrency.</summary>
    Fifo,
}
