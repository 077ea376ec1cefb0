namespace IoAsid.Typed.Vtd;

/// <summary>GSTS: the status of the commands to the unit.</summary>
[BitLayout("GSTS_REG", 32, Access = RegisterAccess.ReadOnly)]
public readonly partial record struct GlobalStatusRegister(Bits64 Bits)
{
    /// <summary>CFIS: interrupts of the compatibility format pass.</summary>
    [Bits("CFIS", 23, Needs = Requirement.InterruptRemapping)] public partial bool CompatibilityFormatInterrupt { get; init; }

    /// <summary>IRTPS: IRTA was taken over.</summary>
    [Bits("IRTPS", 24, Needs = Requirement.InterruptRemapping)] public partial bool InterruptRemappingTablePointer { get; init; }

    /// <summary>IRES: interrupts are remapped.</summary>
    [Bits("IRES", 25, Needs = Requirement.InterruptRemapping)] public partial bool InterruptRemappingEnable { get; init; }

    /// <summary>QIES: the invalidation queue is processed.</summary>
    [Bits("QIES", 26, Needs = Requirement.QueuedInvalidation)] public partial bool QueuedInvalidationEnable { get; init; }

    /// <summary>WBFS: a flush of write buffers is under way.</summary>
    [Bits("WBFS", 27)] public partial bool WriteBufferFlush { get; init; }

    /// <summary>AFLS: faults are logged in memory.</summary>
    [Bits("AFLS", 28, Needs = Requirement.AdvancedFaultLog)] public partial bool AdvancedFaultLogging { get; init; }

    /// <summary>FLS: AFLOG was taken over.</summary>
    [Bits("FLS", 29, Needs = Requirement.AdvancedFaultLog)] public partial bool FaultLog { get; init; }

    /// <summary>RTPS: RTADDR was taken over.</summary>
    [Bits("RTPS", 30)] public partial bool RootTablePointer { get; init; }

    /// <summary>TES: requests are translated.</summary>
    [Bits("TES", 31)] public partial bool TranslationEnable { get; init; }
}
