namespace IoAsid.Typed.Vtd;

/// <summary>GSTS: what the unit was told and does.</summary>
/// <param name="Bits">The raw bits.</param>
public readonly record struct GlobalStatusRegister(Bits64 Bits) : IBitStructure<GlobalStatusRegister, Bits64>
{
    /// <inheritdoc/>
    public static Layout Layout { get; } = new(
        "GSTS_REG",
        32,
        CompatibilityFormatInterruptField,
        InterruptRemappingTablePointerField,
        InterruptRemappingEnableField,
        QueuedInvalidationEnableField,
        WriteBufferFlushField,
        AdvancedFaultLoggingField,
        FaultLogField,
        RootTablePointerField,
        TranslationEnableField);

    /// <summary>CFIS: interrupts of the compatibility format pass.</summary>
    public bool CompatibilityFormatInterrupt
    {
        get => CompatibilityFormatInterruptField.IsSet(Bits);
        init => Bits = CompatibilityFormatInterruptField.With(Bits, value);
    }

    /// <summary>IRTPS: IRTA was taken over.</summary>
    public bool InterruptRemappingTablePointer
    {
        get => InterruptRemappingTablePointerField.IsSet(Bits);
        init => Bits = InterruptRemappingTablePointerField.With(Bits, value);
    }

    /// <summary>IRES: interrupts are remapped.</summary>
    public bool InterruptRemappingEnable
    {
        get => InterruptRemappingEnableField.IsSet(Bits);
        init => Bits = InterruptRemappingEnableField.With(Bits, value);
    }

    /// <summary>QIES: the invalidation queue is processed.</summary>
    public bool QueuedInvalidationEnable
    {
        get => QueuedInvalidationEnableField.IsSet(Bits);
        init => Bits = QueuedInvalidationEnableField.With(Bits, value);
    }

    /// <summary>WBFS: a flush of write buffers is under way.</summary>
    public bool WriteBufferFlush
    {
        get => WriteBufferFlushField.IsSet(Bits);
        init => Bits = WriteBufferFlushField.With(Bits, value);
    }

    /// <summary>AFLS: faults are logged in memory.</summary>
    public bool AdvancedFaultLogging
    {
        get => AdvancedFaultLoggingField.IsSet(Bits);
        init => Bits = AdvancedFaultLoggingField.With(Bits, value);
    }

    /// <summary>FLS: AFLOG was taken over.</summary>
    public bool FaultLog { get => FaultLogField.IsSet(Bits); init => Bits = FaultLogField.With(Bits, value); }

    /// <summary>RTPS: RTADDR was taken over.</summary>
    public bool RootTablePointer
    {
        get => RootTablePointerField.IsSet(Bits);
        init => Bits = RootTablePointerField.With(Bits, value);
    }

    /// <summary>TES: requests are translated.</summary>
    public bool TranslationEnable
    {
        get => TranslationEnableField.IsSet(Bits);
        init => Bits = TranslationEnableField.With(Bits, value);
    }

    private static BitField CompatibilityFormatInterruptField => new("CFIS", 23, 1, Requirement.InterruptRemapping);

    private static BitField InterruptRemappingTablePointerField => new("IRTPS", 24, 1, Requirement.InterruptRemapping);

    private static BitField InterruptRemappingEnableField => new("IRES", 25, 1, Requirement.InterruptRemapping);

    private static BitField QueuedInvalidationEnableField => new("QIES", 26, 1, Requirement.QueuedInvalidation);

    private static BitField WriteBufferFlushField => new("WBFS", 27);

    private static BitField AdvancedFaultLoggingField => new("AFLS", 28, 1, Requirement.AdvancedFaultLog);

    private static BitField FaultLogField => new("FLS", 29, 1, Requirement.AdvancedFaultLog);

    private static BitField RootTablePointerField => new("RTPS", 30);

    private static BitField TranslationEnableField => new("TES", 31);

    /// <summary>The fields by name, decoded.</summary>
    public override string ToString() => Layout.Describe(Bits);
}
