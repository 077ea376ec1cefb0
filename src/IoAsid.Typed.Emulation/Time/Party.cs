namespace IoAsid.Typed.Emulation;

/// <summary>On whose behalf a step runs.</summary>
internal enum Party
{
    /// <summary>
    /// Software on a processor: drivers, applications, interrupt handlers. Only one of its steps is ever under way.
    /// </summary>
    Processor,

    /// <summary>Units, fabric and devices. Their steps may also run between two accesses of a processor step.</summary>
    Hardware,
}
