using System.Numerics;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>The commands of GCMD, and the commands of CCMD and IOTLB, which software uses while the invalidation queue is disabled.</summary>
internal sealed class UnitCommands
{
    private const int FirstVersionWithoutRegisters = 6;

    private readonly UnitParts _unit;
    private readonly UnitInvalidationQueue _queue;
    private readonly CacheInvalidation _caches;
    private readonly int _iotlb;

    public UnitCommands(UnitParts unit, UnitInvalidationQueue queue, CacheInvalidation caches)
    {
        _unit = unit;
        _queue = queue;
        _caches = caches;
        _iotlb = unit.Options.Capabilities.IotlbOffset;
    }

    private GlobalStatusRegister Status
    {
        get => new(_unit.Registers[RegisterOffsets.GlobalStatus]);
        set => _unit.Registers[RegisterOffsets.GlobalStatus] = value.Bits;
    }

    /// <summary>Executes the command of a write to GCMD.</summary>
    public void ExecuteGlobalCommand(RegisterWrite write)
    {
        GlobalCommandRegister command = new(write.Written & write.Lanes);
        GlobalStatusRegister before = Status;
        if (BitOperations.PopCount(command.Bits ^ before.Bits & ~OneShotBits) > 1)
            _unit.Report("a write to GCMD changed more than one bit; change one bit at a time");
        ReportUnsupported(command);
        if (command.SetRootTablePointer)
            SetRootTable();
        if (command.TranslationEnable != before.TranslationEnable)
            SetTranslationEnabled(command.TranslationEnable);
        bool queue = command.QueuedInvalidationEnable && _unit.Options.Capabilities.QueuedInvalidation;
        Status = Status with
        {
            TranslationEnable = command.TranslationEnable,
            QueuedInvalidationEnable = queue,
            RootTablePointer = before.RootTablePointer || command.SetRootTablePointer,
        };
        if (queue != before.QueuedInvalidationEnable)
            _queue.SetEnabled(queue);
        _unit.Notify(UnitEventKind.Command, RegisterOffsets.GlobalCommand, command.Bits);
    }

    private static ulong OneShotBits => new GlobalStatusRegister { RootTablePointer = true, WriteBufferFlush = true, FaultLog = true, InterruptRemappingTablePointer = true }.Bits;

    private void SetRootTable()
    {
        _unit.Translator.Root = RootTable.Of(new RootTableAddressRegister(_unit.Registers[RegisterOffsets.RootTableAddress]));
        if (_unit.Options.Capabilities.SetRootTableFlushes)
            _unit.Caches.InvalidateAll();
    }

    // The disable of translation invalidates all caches of a unit with scalable mode (VT-d 11.4.4.1), and the next fault uses the first record (VT-d 7.2.1).
    private void SetTranslationEnabled(bool enabled)
    {
        _unit.Translator.IsEnabled = enabled;
        if (enabled)
            return;
        if (_unit.Options.Capabilities.ScalableMode)
            _unit.Caches.InvalidateAll();
        _unit.Faults.ResetNextRecord();
    }

    private void ReportUnsupported(GlobalCommandRegister command)
    {
        if (command.InterruptRemappingEnable || command.SetInterruptRemappingTablePointer || command.CompatibilityFormatInterrupt)
            _unit.Report("GCMD.IRE, SIRTP and CFI: this unit has no interrupt remapping");
        if (command.EnableAdvancedFaultLogging || command.SetFaultLog)
            _unit.Report("GCMD.EAFL and SFL: this unit has no advanced fault log");
        if (command.WriteBufferFlush && !_unit.Options.Capabilities.Capability.WriteBufferFlushRequired)
            _unit.Report("GCMD.WBF: this unit has no write buffer to flush (CAP.RWBF is clear)");
    }

    /// <summary>Executes the invalidation in CCMD.</summary>
    public void ExecuteContextCommand()
    {
        ContextCommandRegister command = new(_unit.Registers[RegisterOffsets.ContextCommand]);
        if (!command.Invalidate)
            return;
        ReportMisuse("CCMD");
        // A request for a domain invalidates all entries. A unit may invalidate more than requested, and reports it in CAIG (VT-d 6.5.1.1).
        ContextInvalidationGranularity granularity = command.RequestedGranularity == ContextInvalidationGranularity.Domain
            ? ContextInvalidationGranularity.Global
            : command.RequestedGranularity;
        ContextInvalidationGranularity done = ServesRegisters
            ? _caches.InvalidateContexts(granularity, command.DomainId, command.SourceId, command.IgnoredSourceBits)
            : ContextInvalidationGranularity.Invalid;
        _unit.Registers[RegisterOffsets.ContextCommand] = (command with { Invalidate = false, ActualGranularity = done }).Bits;
    }

    /// <summary>Executes the invalidation in the IOTLB register.</summary>
    public void ExecuteIotlbCommand()
    {
        IotlbInvalidateRegister command = new(_unit.Registers[_iotlb + 8]);
        if (!command.Invalidate)
            return;
        ReportMisuse("IOTLB");
        InvalidateAddressRegister range = new(_unit.Registers[_iotlb]);
        // Without CAP.PSI a request for pages invalidates their domain, and IAIG reports it (VT-d 6.5.1.2).
        bool withoutPages = command.RequestedGranularity == IotlbInvalidationGranularity.Page && !_unit.Options.Capabilities.PageSelectiveInvalidation;
        IotlbInvalidationGranularity granularity = withoutPages ? IotlbInvalidationGranularity.Domain : command.RequestedGranularity;
        IotlbInvalidationGranularity done = ServesRegisters
            ? _caches.InvalidateTranslations(granularity, command.DomainId, range.Address, range.AddressMask, range.InvalidationHint)
            : IotlbInvalidationGranularity.Invalid;
        _unit.Registers[_iotlb + 8] = (command with { Invalidate = false, ActualGranularity = done }).Bits;
    }

    // The unit executes register-based invalidations in legacy mode, up to major version 5 (VT-d 6.5, 11.4.6).
    private bool ServesRegisters =>
        _unit.Translator.Root.Mode == TranslationTableMode.Legacy && _unit.Options.Capabilities.MajorVersion < FirstVersionWithoutRegisters;

    private void ReportMisuse(string register)
    {
        if (_queue.IsEnabled)
            _unit.Report($"{register} was used while the invalidation queue is enabled; use descriptors instead");
        if (!ServesRegisters)
            _unit.Report($"{register} was used outside legacy mode, or in a unit of major version 6 or later: the request is ignored");
    }
}
