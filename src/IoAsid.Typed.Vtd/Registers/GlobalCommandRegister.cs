namespace IoAsid.Typed.Vtd;

/// <summary>GCMD: what the unit is told to do.</summary>
/// <remarks>
/// A write is the status with exactly one bit changed. A one-shot bit is not kept: leave it out of the next write.
/// </remarks>
/// <param name="Bits">The raw bits.</param>
public readonly record struct GlobalCommandRegister(Bits64 Bits) : IBitStructure<GlobalCommandRegister, Bits64>
{
    /// <inheritdoc/>
    public static Layout Layout { get; } = new(
        "GCMD_REG",
        32,
        CompatibilityFormatInterruptField,
        SetInterruptRemappingTablePointerField,
        InterruptRemappingEnableField,
        QueuedInvalidationEnableField,
        WriteBufferFlushField,
        EnableAdvancedFaultLoggingField,
        SetFaultLogField,
        SetRootTablePointerField,
        TranslationEnableField);

    /// <summary>CFI: interrupts of the compatibility format pass.</summary>
    public bool CompatibilityFormatInterrupt
    {
        get => CompatibilityFormatInterruptField.IsSet(Bits);
        init => Bits = CompatibilityFormatInterruptField.With(Bits, value);
    }

    /// <summary>SIRTP: take IRTA over. One-shot.</summary>
    public bool SetInterruptRemappingTablePointer
    {
        get => SetInterruptRemappingTablePointerField.IsSet(Bits);
        init => Bits = SetInterruptRemappingTablePointerField.With(Bits, value);
    }

    /// <summary>IRE: remap interrupts.</summary>
    public bool InterruptRemappingEnable
    {
        get => InterruptRemappingEnableField.IsSet(Bits);
        init => Bits = InterruptRemappingEnableField.With(Bits, value);
    }

    /// <summary>QIE: process the invalidation queue.</summary>
    public bool QueuedInvalidationEnable
    {
        get => QueuedInvalidationEnableField.IsSet(Bits);
        init => Bits = QueuedInvalidationEnableField.With(Bits, value);
    }

    /// <summary>WBF: flush write buffers. One-shot; only if CAP.RWBF.</summary>
    public bool WriteBufferFlush
    {
        get => WriteBufferFlushField.IsSet(Bits);
        init => Bits = WriteBufferFlushField.With(Bits, value);
    }

    /// <summary>EAFL: log faults in memory.</summary>
    public bool EnableAdvancedFaultLogging
    {
        get => EnableAdvancedFaultLoggingField.IsSet(Bits);
        init => Bits = EnableAdvancedFaultLoggingField.With(Bits, value);
    }

    /// <summary>SFL: take AFLOG over. One-shot.</summary>
    public bool SetFaultLog { get => SetFaultLogField.IsSet(Bits); init => Bits = SetFaultLogField.With(Bits, value); }

    /// <summary>SRTP: take RTADDR over. One-shot.</summary>
    public bool SetRootTablePointer
    {
        get => SetRootTablePointerField.IsSet(Bits);
        init => Bits = SetRootTablePointerField.With(Bits, value);
    }

    /// <summary>TE: translate.</summary>
    public bool TranslationEnable
    {
        get => TranslationEnableField.IsSet(Bits);
        init => Bits = TranslationEnableField.With(Bits, value);
    }

    private static BitField CompatibilityFormatInterruptField => new("CFI", 23, 1, Requirement.InterruptRemapping);

    private static BitField SetInterruptRemappingTablePointerField => new("SIRTP", 24, 1, Requirement.InterruptRemapping);

    private static BitField InterruptRemappingEnableField => new("IRE", 25, 1, Requirement.InterruptRemapping);

    private static BitField QueuedInvalidationEnableField => new("QIE", 26, 1, Requirement.QueuedInvalidation);

    private static BitField WriteBufferFlushField => new("WBF", 27);

    private static BitField EnableAdvancedFaultLoggingField => new("EAFL", 28, 1, Requirement.AdvancedFaultLog);

    private static BitField SetFaultLogField => new("SFL", 29, 1, Requirement.AdvancedFaultLog);

    private static BitField SetRootTablePointerField => new("SRTP", 30);

    private static BitField TranslationEnableField => new("TE", 31);

    /// <summary>The fields by name, decoded.</summary>
    public override string ToString() => Layout.Describe(Bits);
}
