using System.Collections.Immutable;

namespace IoAsid.Typed.Vtd;

/// <summary>Every register, once: the first access kind is that of all its fields but the ones listed.</summary>
internal static class RegisterTable
{
    /// <summary>Bytes from one fault recording register to the next.</summary>
    internal const int FaultRecordSize = 16;

    /// <summary>IM is set after reset.</summary>
    private const ulong Masked = 1UL << 31;

    /// <summary>NS, PAS and FPS: PASIDs are what there is to ask for.</summary>
    private static ulong VirtualCommands =>
        new VirtualCommandCapabilityRegister { NullCommand = true, PasidAllocation = true, PasidFreeing = true }.Bits;

    internal static ImmutableArray<RegisterDescription> All { get; } =
    [
        new("VER", RegisterOffsets.Version, VersionRegister.Layout, reset: static unit => new VersionRegister { Major = unit.MajorVersion }.Bits),
        new("CAP", RegisterOffsets.Capability, CapabilityRegister.Layout, reset: static unit => unit.Capability.Bits),
        new(
            "ECAP", RegisterOffsets.ExtendedCapability, ExtendedCapabilityRegister.Layout,
            reset: static unit => unit.ExtendedCapability.Bits),
        new("GCMD", RegisterOffsets.GlobalCommand, GlobalCommandRegister.Layout),
        new("GSTS", RegisterOffsets.GlobalStatus, GlobalStatusRegister.Layout),
        new("RTADDR", RegisterOffsets.RootTableAddress, RootTableAddressRegister.Layout),
        new("CCMD", RegisterOffsets.ContextCommand, ContextCommandRegister.Layout),
        new("FSTS", RegisterOffsets.FaultStatus, FaultStatusRegister.Layout),
        .. Event("FE", RegisterOffsets.FaultEventControl, Requirement.None),
        new("AFLOG", RegisterOffsets.AdvancedFaultLog, AdvancedFaultLogRegister.Layout, needs: Requirement.AdvancedFaultLog),
        new(
            "PMEN", RegisterOffsets.ProtectedMemoryEnable, ProtectedMemoryEnableRegister.Layout, needs: Requirement.ProtectedMemory),
        new(
            "PLMBASE", RegisterOffsets.ProtectedLowMemoryBase, ProtectedLowMemoryRegister.Layout,
            needs: Requirement.ProtectedLowMemory),
        new(
            "PLMLIMIT", RegisterOffsets.ProtectedLowMemoryLimit, ProtectedLowMemoryRegister.Layout,
            needs: Requirement.ProtectedLowMemory),
        new(
            "PHMBASE", RegisterOffsets.ProtectedHighMemoryBase, ProtectedHighMemoryRegister.Layout,
            needs: Requirement.ProtectedHighMemory),
        new(
            "PHMLIMIT", RegisterOffsets.ProtectedHighMemoryLimit, ProtectedHighMemoryRegister.Layout,
            needs: Requirement.ProtectedHighMemory),
        new(
            "IQH", RegisterOffsets.InvalidationQueueHead, InvalidationQueueHeadRegister.Layout,
            needs: Requirement.QueuedInvalidation),
        new(
            "IQT", RegisterOffsets.InvalidationQueueTail, InvalidationQueueTailRegister.Layout,
            needs: Requirement.QueuedInvalidation),
        new(
            "IQA", RegisterOffsets.InvalidationQueueAddress, InvalidationQueueAddressRegister.Layout,
            needs: Requirement.QueuedInvalidation),
        new(
            "ICS", RegisterOffsets.InvalidationCompletionStatus, InvalidationCompletionStatusRegister.Layout,
            needs: Requirement.QueuedInvalidation),
        .. Event("IE", RegisterOffsets.InvalidationEventControl, Requirement.QueuedInvalidation),
        new(
            "IQERCD", RegisterOffsets.InvalidationQueueErrorRecord, InvalidationQueueErrorRecordRegister.Layout,
            needs: Requirement.QueuedInvalidation),
        new(
            "IRTA", RegisterOffsets.InterruptRemappingTableAddress, InterruptRemappingTableAddressRegister.Layout,
            needs: Requirement.InterruptRemapping),
        new("PQH", RegisterOffsets.PageRequestQueueHead, PageRequestQueueHeadRegister.Layout, needs: Requirement.PageRequests),
        new("PQT", RegisterOffsets.PageRequestQueueTail, PageRequestQueueTailRegister.Layout, needs: Requirement.PageRequests),
        new(
            "PQA", RegisterOffsets.PageRequestQueueAddress, PageRequestQueueAddressRegister.Layout,
            needs: Requirement.PageRequests),
        new("PRS", RegisterOffsets.PageRequestStatus, PageRequestStatusRegister.Layout, needs: Requirement.PageRequests),
        .. Event("PE", RegisterOffsets.PageRequestEventControl, Requirement.PageRequests),
        new("IVA", 0x0, InvalidateAddressRegister.Layout, relativeTo: RegisterBase.Iotlb),
        new("IOTLB", 0x8, IotlbInvalidateRegister.Layout, relativeTo: RegisterBase.Iotlb),
        new("FRCD_LO", 0x0, FaultRecord.Layout, relativeTo: RegisterBase.FaultRecords),
        new("FRCD_HI", 0x8, FaultRecord.Layout, relativeTo: RegisterBase.FaultRecords, word: 1),
        new("ECMD", RegisterOffsets.EnhancedCommand, EnhancedCommandRegister.Layout, needs: Requirement.EnhancedCommands),
        new("ECEO", RegisterOffsets.EnhancedCommandOperand, EnhancedCommandRegister.Layout, needs: Requirement.EnhancedCommands),
        new(
            "ECRSP", RegisterOffsets.EnhancedCommandResponse, EnhancedCommandRegister.Layout,
            needs: Requirement.EnhancedCommands, access: RegisterAccess.ReadOnly),
        new(
            "ECCAP", RegisterOffsets.EnhancedCommandCapability, EnhancedCommandRegister.Layout,
            needs: Requirement.EnhancedCommands, access: RegisterAccess.ReadOnly),
        new("VCMD", RegisterOffsets.VirtualCommand, VirtualCommandRegister.Layout, needs: Requirement.VirtualCommands),
        new(
            "VCRSP", RegisterOffsets.VirtualCommandResponse, VirtualCommandResponseRegister.Layout,
            needs: Requirement.VirtualCommands),
        new(
            "VCCAP", RegisterOffsets.VirtualCommandCapability, VirtualCommandCapabilityRegister.Layout,
            needs: Requirement.VirtualCommands, reset: static _ => VirtualCommands),
    ];

    /// <summary>The four registers of an event, one after the other: control, data, address and upper address.</summary>
    private static RegisterDescription[] Event(string prefix, int offset, Requirement needs) =>
    [
        new(prefix + "CTL", offset, EventControlRegister.Layout, needs, reset: static _ => Masked),
        new(prefix + "DATA", offset + 4, EventDataRegister.Layout, needs: needs),
        new(prefix + "ADDR", offset + 8, EventAddressRegister.Layout, needs: needs),
        new(prefix + "UADDR", offset + 12, EventUpperAddressRegister.Layout, needs: needs),
    ];
}
