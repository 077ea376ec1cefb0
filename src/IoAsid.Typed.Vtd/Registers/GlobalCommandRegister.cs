namespace IoAsid.Typed.Vtd;

/// <summary>GCMD: the commands to the unit.</summary>
/// <remarks>
/// A write is the status with exactly one bit changed. A one-shot bit is not kept: leave it out of the next write.
/// </remarks>
[BitLayout("GCMD_REG", 32, Access = RegisterAccess.WriteOnly)]
public readonly partial record struct GlobalCommandRegister(Bits64 Bits)
{
    /// <summary>CFI: interrupts of the compatibility format pass.</summary>
    [Bits("CFI", 23, Needs = Requirement.InterruptRemapping)] public partial bool CompatibilityFormatInterrupt { get; init; }

    /// <summary>SIRTP: take IRTA over. One-shot.</summary>
    [Bits("SIRTP", 24, Needs = Requirement.InterruptRemapping, Access = RegisterAccess.OneShot)]
    public partial bool SetInterruptRemappingTablePointer { get; init; }

    /// <summary>IRE: remap interrupts.</summary>
    [Bits("IRE", 25, Needs = Requirement.InterruptRemapping)] public partial bool InterruptRemappingEnable { get; init; }

    /// <summary>QIE: process the invalidation queue.</summary>
    [Bits("QIE", 26, Needs = Requirement.QueuedInvalidation)] public partial bool QueuedInvalidationEnable { get; init; }

    /// <summary>WBF: flush write buffers. One-shot; only if CAP.RWBF.</summary>
    [Bits("WBF", 27, Access = RegisterAccess.OneShot)] public partial bool WriteBufferFlush { get; init; }

    /// <summary>EAFL: log faults in memory.</summary>
    [Bits("EAFL", 28, Needs = Requirement.AdvancedFaultLog)] public partial bool EnableAdvancedFaultLogging { get; init; }

    /// <summary>SFL: take AFLOG over. One-shot.</summary>
    [Bits("SFL", 29, Needs = Requirement.AdvancedFaultLog, Access = RegisterAccess.OneShot)]
    public partial bool SetFaultLog { get; init; }

    /// <summary>SRTP: take RTADDR over. One-shot.</summary>
    [Bits("SRTP", 30, Access = RegisterAccess.OneShot)] public partial bool SetRootTablePointer { get; init; }

    /// <summary>TE: translate.</summary>
    [Bits("TE", 31)] public partial bool TranslationEnable { get; init; }
}
