namespace IoAsid.Typed.Emulation;

/// <summary>The side on whose behalf a step runs.</summary>
internal enum Party
{
    /// <summary>Software on a processor: drivers, applications, interrupt handlers. At most one of its steps is under way.</summary>
    Processor,

    /// <summary>Units, fabric and devices. Their steps can also run between two accesses of a processor's step.</summary>
    Hardware,
}
