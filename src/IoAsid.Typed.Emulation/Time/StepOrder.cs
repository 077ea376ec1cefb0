namespace IoAsid.Typed.Emulation;

/// <summary>Which of the steps that could run runs next.</summary>
public enum StepOrder
{
    /// <summary>
    /// The seed decides, and lets hardware work between the accesses of processors. Seed 0 is <see cref="Fifo"/>.
    /// </summary>
    Seeded,

    /// <summary>First in, first out, and nothing runs inside another step: calm, for tests of something else.</summary>
    Fifo,
}
