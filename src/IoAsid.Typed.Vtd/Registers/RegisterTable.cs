using System.Collections.Immutable;
using static IoAsid.Typed.Vtd.RegisterAccess;

namespace IoAsid.Typed.Vtd;

/// <summary>Every register, once: the first access kind is that of all its fields but the ones listed.</summary>
internal static class RegisterTable
{
    /// <summary>Bytes from one fault recording register to the next.</summary>
    internal const int FaultRecordSize = 16;

    /// <summary>IM is set after reset.</summary>
    private const ulong Masked = 1UL << 31;

    /// <summary>PAS: PASIDs are what there is to ask for.</summary>
    private const ulong PasidAllocation = 1;

    internal static ImmutableArray<RegisterDescription> All { get; } =
    [
        new("VER", RegisterOffsets.Version, VersionRegister.Layout, ReadOnly, reset: static unit => new VersionRegister { Major = unit.MajorVersion }.Bits),
        new("CAP", RegisterOffsets.Capability, CapabilityRegister.Layout, ReadOnly, reset: static unit => unit.Capability.Bits),
        new(
            "ECAP", RegisterOffsets.ExtendedCapability, ExtendedCapabilityRegister.Layout, ReadOnly,
            reset: static unit => unit.ExtendedCapability.Bits),
        new(
            "GCMD", RegisterOffsets.GlobalCommand, GlobalCommandRegister.Layout, WriteOnly,
            [(OneShot, ["SIRTP", "WBF", "SFL", "SRTP"])]),
        new("GSTS", RegisterOffsets.GlobalStatus, GlobalStatusRegister.Layout, ReadOnly),
        new("RTADDR", RegisterOffsets.RootTableAddress, RootTableAddressRegister.Layout, ReadWrite),
        new(
            "CCMD", RegisterOffsets.ContextCommand, ContextCommandRegister.Layout, ReadWrite,
            [(ReadOnly, ["CAIG"]), (WriteOnly, ["SID", "FM"]), (OneShot, ["ICC"])]),
        new("FSTS", RegisterOffsets.FaultStatus, FaultStatusRegister.Layout, OneToClear, [(ReadOnly, ["PPF", "FRI"])]),
        .. Event("FE", RegisterOffsets.FaultEventControl, Requirement.None),
        new(
            "AFLOG", RegisterOffsets.AdvancedFaultLog, AdvancedFaultLogRegister.Layout, ReadWrite,
            needs: Requirement.AdvancedFaultLog),
        new(
            "PMEN", RegisterOffsets.ProtectedMemoryEnable, ProtectedMemoryEnableRegister.Layout, ReadWrite,
            [(ReadOnly, ["PRS"])], needs: Requirement.ProtectedMemory),
        new(
            "PLMBASE", RegisterOffsets.ProtectedLowMemoryBase, ProtectedLowMemoryRegister.Layout, ReadWrite,
            needs: Requirement.ProtectedLowMemory),
        new(
            "PLMLIMIT", RegisterOffsets.ProtectedLowMemoryLimit, ProtectedLowMemoryRegister.Layout, ReadWrite,
            needs: Requirement.ProtectedLowMemory),
        new(
            "PHMBASE", RegisterOffsets.ProtectedHighMemoryBase, ProtectedHighMemoryRegister.Layout, ReadWrite,
            needs: Requirement.ProtectedHighMemory),
        new(
            "PHMLIMIT", RegisterOffsets.ProtectedHighMemoryLimit, ProtectedHighMemoryRegister.Layout, ReadWrite,
            needs: Requirement.ProtectedHighMemory),
        new(
            "IQH", RegisterOffsets.InvalidationQueueHead, InvalidationQueueHeadRegister.Layout, ReadOnly,
            needs: Requirement.QueuedInvalidation),
        new(
            "IQT", RegisterOffsets.InvalidationQueueTail, InvalidationQueueTailRegister.Layout, ReadWrite,
            needs: Requirement.QueuedInvalidation),
        new(
            "IQA", RegisterOffsets.InvalidationQueueAddress, InvalidationQueueAddressRegister.Layout, ReadWrite,
            needs: Requirement.QueuedInvalidation),
        new(
            "ICS", RegisterOffsets.InvalidationCompletionStatus, InvalidationCompletionStatusRegister.Layout, OneToClear,
            needs: Requirement.QueuedInvalidation),
        .. Event("IE", RegisterOffsets.InvalidationEventControl, Requirement.QueuedInvalidation),
        new(
            "IQERCD", RegisterOffsets.InvalidationQueueErrorRecord, InvalidationQueueErrorRecordRegister.Layout, ReadOnly,
            needs: Requirement.QueuedInvalidation),
        new(
            "IRTA", RegisterOffsets.InterruptRemappingTableAddress, InterruptRemappingTableAddressRegister.Layout, ReadWrite,
            needs: Requirement.InterruptRemapping),
        new(
            "PQH", RegisterOffsets.PageRequestQueueHead, PageRequestQueueHeadRegister.Layout, ReadWrite,
            needs: Requirement.PageRequests),
        new(
            "PQT", RegisterOffsets.PageRequestQueueTail, PageRequestQueueTailRegister.Layout, ReadWrite,
            needs: Requirement.PageRequests),
        new(
            "PQA", RegisterOffsets.PageRequestQueueAddress, PageRequestQueueAddressRegister.Layout, ReadWrite,
            needs: Requirement.PageRequests),
        new(
            "PRS", RegisterOffsets.PageRequestStatus, PageRequestStatusRegister.Layout, OneToClear,
            needs: Requirement.PageRequests),
        .. Event("PE", RegisterOffsets.PageRequestEventControl, Requirement.PageRequests),
        new("IVA", 0x0, InvalidateAddressRegister.Layout, WriteOnly, relativeTo: RegisterBase.Iotlb),
        new(
            "IOTLB", 0x8, IotlbInvalidateRegister.Layout, ReadWrite,
            [(ReadOnly, ["IAIG"]), (OneShot, ["IVT"])], relativeTo: RegisterBase.Iotlb),
        new("FRCD_LO", 0x0, FaultRecord.Layout, ReadOnly, relativeTo: RegisterBase.FaultRecords),
        new("FRCD_HI", 0x8, FaultRecord.Layout, ReadOnly, [(OneToClear, ["F"])], relativeTo: RegisterBase.FaultRecords, word: 1),
        new(
            "ECMD", RegisterOffsets.EnhancedCommand, EnhancedCommandRegister.Layout, ReadWrite,
            needs: Requirement.EnhancedCommands),
        new(
            "ECEO", RegisterOffsets.EnhancedCommandOperand, EnhancedCommandRegister.Layout, ReadWrite,
            needs: Requirement.EnhancedCommands),
        new(
            "ECRSP", RegisterOffsets.EnhancedCommandResponse, EnhancedCommandRegister.Layout, ReadOnly,
            needs: Requirement.EnhancedCommands),
        new(
            "ECCAP", RegisterOffsets.EnhancedCommandCapability, EnhancedCommandRegister.Layout, ReadOnly,
            needs: Requirement.EnhancedCommands),
        new("VCMD", RegisterOffsets.VirtualCommand, VirtualCommandRegister.Layout, ReadWrite, needs: Requirement.VirtualCommands),
        new(
            "VCRSP", RegisterOffsets.VirtualCommandResponse, VirtualCommandResponseRegister.Layout, ReadOnly,
            needs: Requirement.VirtualCommands),
        new(
            "VCCAP", RegisterOffsets.VirtualCommandCapability, VirtualCommandCapabilityRegister.Layout, ReadOnly,
            needs: Requirement.VirtualCommands, reset: static _ => PasidAllocation),
    ];

    /// <summary>The four registers of an event, one after the other: control, data, address and upper address.</summary>
    private static RegisterDescription[] Event(string prefix, int offset, Requirement needs) =>
    [
        new(
            prefix + "CTL", offset, EventControlRegister.Layout, ReadWrite,
            [(ReadOnly, ["IP"])], needs, reset: static _ => Masked),
        new(prefix + "DATA", offset + 4, EventDataRegister.Layout, ReadWrite, needs: needs),
        new(prefix + "ADDR", offset + 8, EventAddressRegister.Layout, ReadWrite, needs: needs),
        new(prefix + "UADDR", offset + 12, EventUpperAddressRegister.Layout, ReadWrite, needs: needs),
    ];
}
