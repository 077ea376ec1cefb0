using System.Collections.Immutable;

namespace IoAsid.Typed.Vtd;

/// <summary>The registers of the architecture. The requirement of a register is in its layout, except for the registers of events, which share a layout.</summary>
internal static class RegisterTable
{
    /// <summary>Bytes from one fault recording register to the next.</summary>
    internal const int FaultRecordSize = 16;

    /// <summary>IM is set after reset.</summary>
    private const ulong Masked = 1UL << 31;

    /// <summary>Returns NS, and PAS and FPS in a unit with PASIDs (VT-d 11.4.16.4).</summary>
    private static ulong VirtualCommandsOf(VtdCapabilities unit) =>
        new VirtualCommandCapabilityRegister { NullCommand = true, PasidAllocation = unit.Pasid, PasidFreeing = unit.Pasid }.Bits;

    internal static ImmutableArray<RegisterDescription> All { get; } =
    [
        new("VER", RegisterOffsets.Version, VersionRegister.Layout, reset: static unit => new VersionRegister { Major = unit.MajorVersion }.Bits),
        new("CAP", RegisterOffsets.Capability, CapabilityRegister.Layout, reset: static unit => unit.Capability.Bits),
        new("ECAP", RegisterOffsets.ExtendedCapability, ExtendedCapabilityRegister.Layout, reset: static unit => unit.ExtendedCapability.Bits),
        new("GCMD", RegisterOffsets.GlobalCommand, GlobalCommandRegister.Layout),
        new("GSTS", RegisterOffsets.GlobalStatus, GlobalStatusRegister.Layout),
        new("RTADDR", RegisterOffsets.RootTableAddress, RootTableAddressRegister.Layout),
        new("CCMD", RegisterOffsets.ContextCommand, ContextCommandRegister.Layout),
        new("FSTS", RegisterOffsets.FaultStatus, FaultStatusRegister.Layout),
        .. Event("FE", RegisterOffsets.FaultEventControl, Requirement.None),
        new("AFLOG", RegisterOffsets.AdvancedFaultLog, AdvancedFaultLogRegister.Layout),
        new("PMEN", RegisterOffsets.ProtectedMemoryEnable, ProtectedMemoryEnableRegister.Layout),
        new("PLMBASE", RegisterOffsets.ProtectedLowMemoryBase, ProtectedLowMemoryRegister.Layout),
        new("PLMLIMIT", RegisterOffsets.ProtectedLowMemoryLimit, ProtectedLowMemoryRegister.Layout),
        new("PHMBASE", RegisterOffsets.ProtectedHighMemoryBase, ProtectedHighMemoryRegister.Layout),
        new("PHMLIMIT", RegisterOffsets.ProtectedHighMemoryLimit, ProtectedHighMemoryRegister.Layout),
        new("IQH", RegisterOffsets.InvalidationQueueHead, InvalidationQueueHeadRegister.Layout),
        new("IQT", RegisterOffsets.InvalidationQueueTail, InvalidationQueueTailRegister.Layout),
        new("IQA", RegisterOffsets.InvalidationQueueAddress, InvalidationQueueAddressRegister.Layout),
        new("ICS", RegisterOffsets.InvalidationCompletionStatus, InvalidationCompletionStatusRegister.Layout),
        .. Event("IE", RegisterOffsets.InvalidationEventControl, Requirement.QueuedInvalidation),
        new("IQERCD", RegisterOffsets.InvalidationQueueErrorRecord, InvalidationQueueErrorRecordRegister.Layout),
        new("IRTA", RegisterOffsets.InterruptRemappingTableAddress, InterruptRemappingTableAddressRegister.Layout),
        new("PQH", RegisterOffsets.PageRequestQueueHead, PageRequestQueueHeadRegister.Layout),
        new("PQT", RegisterOffsets.PageRequestQueueTail, PageRequestQueueTailRegister.Layout),
        new("PQA", RegisterOffsets.PageRequestQueueAddress, PageRequestQueueAddressRegister.Layout),
        new("PRS", RegisterOffsets.PageRequestStatus, PageRequestStatusRegister.Layout),
        .. Event("PE", RegisterOffsets.PageRequestEventControl, Requirement.PageRequests),
        new("IVA", 0x0, InvalidateAddressRegister.Layout, relativeTo: RegisterBase.Iotlb),
        new("IOTLB", 0x8, IotlbInvalidateRegister.Layout, relativeTo: RegisterBase.Iotlb),
        new("FRCD_LO", 0x0, FaultRecord.Layout, relativeTo: RegisterBase.FaultRecords),
        new("FRCD_HI", 0x8, FaultRecord.Layout, relativeTo: RegisterBase.FaultRecords, word: 1),
        new("ECMD", RegisterOffsets.EnhancedCommand, EnhancedCommandRegister.Layout),
        new("ECEO", RegisterOffsets.EnhancedCommandOperand, EnhancedCommandRegister.Layout),
        new("ECRSP", RegisterOffsets.EnhancedCommandResponse, EnhancedCommandRegister.Layout, access: RegisterAccess.ReadOnly),
        new("ECCAP", RegisterOffsets.EnhancedCommandCapability, EnhancedCommandRegister.Layout, access: RegisterAccess.ReadOnly),
        new("VCMD", RegisterOffsets.VirtualCommand, VirtualCommandRegister.Layout),
        new("VCMD_EO", RegisterOffsets.VirtualCommandOperand, VirtualCommandOperandRegister.Layout),
        new("VCRSP", RegisterOffsets.VirtualCommandResponse, VirtualCommandResponseRegister.Layout),
        new("VCCAP", RegisterOffsets.VirtualCommandCapability, VirtualCommandCapabilityRegister.Layout, reset: static unit => VirtualCommandsOf(unit)),
    ];

    /// <summary>Returns the four registers of an event, one after the other: control, data, address and upper address.</summary>
    private static RegisterDescription[] Event(string prefix, int offset, Requirement needs) =>
    [
        new(prefix + "CTL", offset, EventControlRegister.Layout, needs, reset: static _ => Masked),
        new(prefix + "DATA", offset + 4, EventDataRegister.Layout, needs),
        new(prefix + "ADDR", offset + 8, EventAddressRegister.Layout, needs),
        new(prefix + "UADDR", offset + 12, EventUpperAddressRegister.Layout, needs),
    ];
}
