namespace IoAsid.Typed.Vtd.Tests.Structures;

/// <summary>
/// The bytes of each structure, compared with published constants. The expected bytes were composed from the constants named here and
/// not by the library. Memory is little-endian, and a group of digits is a 64-bit word.
/// </summary>
public sealed class GoldenBytesTests
{
    private static readonly Dictionary<string, GoldenCase> Cases = new()
    {
        // From Linux drivers/iommu/intel: root_entry and context_entry of iommu.h, context_set_* of iommu.c.
        ["root entry"] = GoldenCase.Of(
            "0150341200000000 0000000000000000",
            new RootEntry { Present = true, ContextTable = 0x1234_5000 }),
        ["scalable root entry"] = GoldenCase.Of(
            "0150341200000000 0160452300000000",
            new ScalableRootEntry { LowerPresent = true, LowerContextTable = 0x1234_5000, UpperPresent = true, UpperContextTable = 0x2345_6000 }),
        ["context entry"] = GoldenCase.Of(
            "05e0cdab00000000 0234120000000000",
            new ContextEntry
            {
                Present = true, TranslationType = TranslationType.AllRequests, SecondStageTable = 0xABCD_E000, AddressWidth = AddressWidth.Bits48, DomainId = new(0x1234),
            }),
        ["context entry, pass-through"] = GoldenCase.Of(
            "0b00000000000000 2bffff0000000000",
            new ContextEntry
            {
                Present = true, FaultProcessingDisable = true, TranslationType = TranslationType.PassThrough, AddressWidth = AddressWidth.Bits57, Available = 5, DomainId = new(0xFFFF),
            }),

        // From Linux: device_pasid_table_setup of pasid.c, PASID_PTE_* and pasid_set_* of pasid.h.
        ["scalable context entry"] = GoldenCase.Of(
            "1d1e325476000000 4523110000000000 0000000000000000 0000000000000000",
            new ScalableContextEntry
            {
                Present = true, DeviceTlbEnable = true, PasidEnable = true, PageRequestEnable = true, PasidDirectorySize = 7, PasidDirectory = 0x76_5432_1000,
                RidPasid = new(0x12345), RidPrivilege = true,
            }),
        ["PASID directory entry"] = GoldenCase.Of(
            "01c0ab8900000000",
            new PasidDirectoryEntry { Present = true, PasidTable = 0x89AB_C000 }),
        ["PASID entry, first stage"] = GoldenCase.Of(
            "4900000000000000 0101800000000000 1560452301000000 0000000000000000 0000000000000000 0000000000000000 0000000000000000 0000000000000000",
            new PasidEntry
            {
                Present = true, AddressWidth = AddressWidth.Bits48, GrantType = PasidGrantType.FirstStage, DomainId = new(0x0101), PageWalkSnoop = true,
                SupervisorRequestEnable = true, FirstStagePagingMode = FirstStagePagingMode.FiveLevel, WriteProtectEnable = true, FirstStageTable = 0x1_2345_6000,
            }),
        ["PASID entry, second stage"] = GoldenCase.Of(
            "8d02008907000000 0200800100000000 0000000000000000 0000000000000000 0000000000000000 0000000000000000 0000000000000000 0000000000000000",
            new PasidEntry
            {
                Present = true, AddressWidth = AddressWidth.Bits57, GrantType = PasidGrantType.SecondStage, SecondStageAccessedDirtyEnable = true,
                SecondStageTable = 0x7_8900_0000, DomainId = new(2), PageWalkSnoop = true, PageSnoop = true,
            }),
        ["PASID entry, pass-through"] = GoldenCase.Of(
            "0b01000000000000 0100000000000000 0000000000000000 0000000000000000 0000000000000000 0000000000000000 0000000000000000 0000000000000000",
            new PasidEntry { Present = true, FaultProcessingDisable = true, AddressWidth = AddressWidth.Bits48, GrantType = PasidGrantType.PassThrough, DomainId = new(1) }),
        ["PASID entry, nested"] = GoldenCase.Of(
            "c940000000000000 efbe000000000000 80f0ffff00000000 0000000000000000 0000000000000000 0000000000000000 0000000000000000 0000000000000000",
            new PasidEntry
            {
                Present = true, AddressWidth = AddressWidth.Bits48, GrantType = PasidGrantType.Nested, SecondStageTable = 0x4000, DomainId = new(0xBEEF),
                ExtendedAccessedEnable = true, FirstStageTable = 0xFFFF_F000,
            }),

        // From Linux: DMA_FL_PTE_*, DMA_PTE_* and DMA_SL_PTE_* of iommu.h. EA and PS are those of the processor's tables.
        ["first-stage page"] = GoldenCase.Of(
            "6750341200000080",
            new FirstStageEntry { Present = true, Writable = true, User = true, Accessed = true, Dirty = true, Address = 0x1234_5000, ExecuteDisable = true }),
        ["first-stage large page"] = GoldenCase.Of(
            "8500004000000000",
            new FirstStageEntry { Present = true, User = true, PageSize = true, Address = 0x4000_0000 }),
        ["first-stage entry, extended accessed"] = GoldenCase.Of(
            "01f4ffffffff0f00",
            new FirstStageEntry { Present = true, ExtendedAccessed = true, Address = 0xF_FFFF_FFFF_F000 }),
        ["second-stage page"] = GoldenCase.Of(
            "035b341200000000",
            new SecondStageEntry { Read = true, Write = true, Accessed = true, Dirty = true, Snoop = true, Address = 0x1234_5000 }),
        ["second-stage large page"] = GoldenCase.Of(
            "8200000040000000",
            new SecondStageEntry { Write = true, PageSize = true, Address = 0x40_0000_0000 }),

        // From Linux iommu.h: QI_CC_*, QI_IOTLB_*, QI_DEV_IOTLB_*, QI_IEC_*, QI_IWD_*, QI_EIOTLB_*, QI_PC_*, QI_DEV_EIOTLB_*, QI_PGRP_*.
        ["context-cache invalidation"] = GoldenCase.Of(
            "3100341220080300 0000000000000000 0000000000000000 0000000000000000",
            new ContextCacheInvalidation { Granularity = ContextInvalidationGranularity.Device, DomainId = new(0x1234), SourceId = new(0x0820), FunctionMask = 3 }),
        ["IOTLB invalidation"] = GoldenCase.Of(
            "f200341200000000 49f0ffffff7f0000 0000000000000000 0000000000000000",
            new IotlbInvalidation
            {
                Granularity = IotlbInvalidationGranularity.Page, DrainWrites = true, DrainReads = true, DomainId = new(0x1234), AddressMask = 9, InvalidationHint = true,
                Address = 0x7FFF_FFFF_F000,
            }),
        ["device-TLB invalidation"] = GoldenCase.Of(
            "03d01f002008c0ab 0110001000000000 0000000000000000 0000000000000000",
            new DeviceTlbInvalidation { MaximumPending = 31, SourceId = new(0x0820), PhysicalFunctionSourceId = new(0xABCD), Range = new(0x1000_0000, order: 2) }),
        ["interrupt entry cache invalidation"] = GoldenCase.Of(
            "14000018aa550000 0000000000000000 0000000000000000 0000000000000000",
            new InterruptEntryInvalidation { IndexSelective = true, IndexMask = 3, InterruptIndex = 0x55AA }),
        ["invalidation wait"] = GoldenCase.Of(
            "e500000002000000 8867452301000000 0000000000000000 0000000000000000",
            new InvalidationWait { StatusWrite = true, Fence = true, PageRequestDrain = true, StatusData = 2, StatusAddress = 0x1_2345_6788 }),
        ["invalidation wait, interrupt"] = GoldenCase.Of(
            "1500000000000000 0000000000000000 0000000000000000 0000000000000000",
            new InvalidationWait { InterruptFlag = true }),
        ["PASID-based IOTLB invalidation"] = GoldenCase.Of(
            "36000101ffff0f00 410000000080ffff 0000000000000000 0000000000000000",
            new PasidIotlbInvalidation
            {
                Granularity = PasidIotlbGranularity.Page, DomainId = new(0x0101), Pasid = new(0xFFFFF), AddressMask = 1, InvalidationHint = true, Address = 0xFFFF_8000_0000_0000,
            }),
        ["PASID-cache invalidation"] = GoldenCase.Of(
            "1700010145230100 0000000000000000 0000000000000000 0000000000000000",
            new PasidCacheInvalidation { Granularity = PasidCacheGranularity.Pasid, DomainId = new(0x0101), Pasid = new(0x12345) }),
        ["PASID-based device-TLB invalidation"] = GoldenCase.Of(
            "08d120084523c1ab 01f8ffffffffff7f 0000000000000000 0000000000000000",
            new PasidDeviceTlbInvalidation
            {
                MaximumPending = 16, SourceId = new(0x0820), PhysicalFunctionSourceId = new(0xABCD), Pasid = new(0x12345), Global = true, Range = DeviceTlbRange.Everything,
            }),
        ["page group response"] = GoldenCase.Of(
            "1910200845230100 fc0f000000000000 0000000000000000 0000000000000000",
            new PageGroupResponse
            {
                PasidPresent = true, ResponseCode = PageResponse.InvalidRequest, RequesterId = new(0x0820), Pasid = new(0x12345), LastPageInGroup = true, GroupIndex = 0x1FF,
            }),

        // From Linux: struct page_req_dsc of prq.c, dma_frcd_* and DMA_FRCD_* of iommu.h.
        ["page request"] = GoldenCase.Of(
            "0101200845232100 ff5f3412ff7f0000 0000000000000000 0000000000000000",
            new PageRequestDescriptor
            {
                PasidPresent = true, RequesterId = new(0x0820), Pasid = new(0x12345), PrivilegedModeRequested = true, Read = true, Write = true, LastPageInGroup = true, GroupIndex = 0x1FF,
                Address = 0x7FFF_1234_5000,
            }),
        ["fault record, read with a PASID"] = GoldenCase.Of(
            "00503412ff7f0000 20080080714523c1",
            new FaultRecord
            {
                FaultInformation = 0x7FFF_1234_5000, SourceId = new(0x0820), PasidPresent = true, Reason = FaultReason.FirstStageEntryNotPresent, Pasid = new(0x12345),
                RequestType = FaultRequestType.Read, Fault = true,
            }),
        ["fault record, write"] = GoldenCase.Of(
            "0000e0fe00000000 0001000005000080",
            new FaultRecord { FaultInformation = 0xFEE0_0000, SourceId = new(0x0100), Reason = FaultReason.WriteDenied, Fault = true }),

        // From Linux iommu.h: DMA_GCMD_*, DMA_GSTS_*, DMA_RTADDR_SMT, DMA_CCMD_*, DMA_FSTS_*, DMA_FECTL_IM, DMA_TLB_*, DMA_PRS_PRO, DMAR_IQER_REG, DMA_VCS_*.
        ["GCMD"] = GoldenCase.Of(
            "000000c400000000",
            new GlobalCommandRegister { TranslationEnable = true, SetRootTablePointer = true, QueuedInvalidationEnable = true }),
        ["GSTS"] = GoldenCase.Of(
            "000000c700000000",
            new GlobalStatusRegister
            {
                TranslationEnable = true, RootTablePointer = true, QueuedInvalidationEnable = true, InterruptRemappingEnable = true, InterruptRemappingTablePointer = true,
            }),
        ["RTADDR"] = GoldenCase.Of(
            "0064452301000000",
            new RootTableAddressRegister { TableMode = TranslationTableMode.Scalable, RootTable = 0x1_2345_6000 }),
        ["CCMD"] = GoldenCase.Of(
            "34122008020000e0",
            new ContextCommandRegister { Invalidate = true, RequestedGranularity = ContextInvalidationGranularity.Device, FunctionMask = 2, SourceId = new(0x0820), DomainId = new(0x1234) }),
        ["FSTS"] = GoldenCase.Of(
            "532a000000000000",
            new FaultStatusRegister { PrimaryFaultOverflow = true, PrimaryPendingFault = true, InvalidationQueueError = true, InvalidationTimeoutError = true, FaultRecordIndex = 0x2A }),
        ["FECTL"] = GoldenCase.Of(
            "000000c000000000",
            new EventControlRegister { InterruptMask = true, InterruptPending = true }),
        ["IQA"] = GoldenCase.Of(
            "0168452301000000",
            new InvalidationQueueAddressRegister { Queue = 0x1_2345_6000, WideDescriptors = true, QueueSize = 1 }),
        ["IQT"] = GoldenCase.Of(
            "e0ff070000000000",
            new InvalidationQueueTailRegister { Tail = 0x7FFE0 }),
        ["IQERCD"] = GoldenCase.Of(
            "0400000020080001",
            new InvalidationQueueErrorRecordRegister { QueueError = InvalidationQueueError.ReservedField, TimeoutSourceId = new(0x0820), CompletionSourceId = new(0x0100) }),
        ["PQA"] = GoldenCase.Of(
            "0460452301000000",
            new PageRequestQueueAddressRegister { Queue = 0x1_2345_6000, QueueSize = 4 }),
        ["PQH"] = GoldenCase.Of(
            "e0ff070000000000",
            new PageRequestQueueHeadRegister { Head = 0x7FFE0 }),
        ["PRS"] = GoldenCase.Of(
            "0200000000000000",
            new PageRequestStatusRegister { PageRequestOverflow = true }),
        ["IOTLB"] = GoldenCase.Of(
            "00000000341203b0",
            new IotlbInvalidateRegister
            {
                Invalidate = true, RequestedGranularity = IotlbInvalidationGranularity.Page, DrainReads = true, DrainWrites = true, DomainId = new(0x1234),
            }),
        ["IVA"] = GoldenCase.Of(
            "49f0ff7f00000000",
            new InvalidateAddressRegister { Address = 0x7FFF_F000, InvalidationHint = true, AddressMask = 9 }),
        ["VCMD"] = GoldenCase.Of(
            "0200452301000000",
            new VirtualCommandRegister { Command = VirtualCommand.FreePasid, Operand = 0x12345 }),
        ["VCMD_EO"] = GoldenCase.Of(
            "f0debc9a78563412",
            new VirtualCommandOperandRegister { OperandB = 0x1234_5678_9ABC_DEF0 }),
        ["VCRSP"] = GoldenCase.Of(
            "2000452301000000",
            new VirtualCommandResponseRegister { Status = VirtualCommandStatus.PasidUnavailable, Result = 0x12345 }),
        ["VCCAP"] = GoldenCase.Of(
            "0700000000000000",
            new VirtualCommandCapabilityRegister { NullCommand = true, PasidAllocation = true, PasidFreeing = true }),

        // The other fields are from VT-d chapters 9 and 11, and from the processor's paging entries.
        ["scalable context entry, not present"] = GoldenCase.Of(
            "4200000000000000 0000000000000000 0000000000000000 0000000000000000",
            new ScalableContextEntry { FaultProcessingDisable = true, PasidInTranslatedRequestsEnable = true }),
        ["PASID directory entry, not present"] = GoldenCase.Of(
            "0200000000000000",
            new PasidDirectoryEntry { FaultProcessingDisable = true }),
        ["PASID entry, older fields"] = GoldenCase.Of(
            "0200000000000000 000000ee06040700 6200000000000000 0000000000000000 0000000000000000 0000000000000000 0000000000000000 0000000000000000",
            new PasidEntry
            {
                FaultProcessingDisable = true, CacheDisable = true, ExtendedMemoryTypeEnable = true, ExtendedMemoryType = 5, PageWriteThrough = true, PageCacheDisable = true,
                PageAttributeTable = 0x00070406, ExecuteRequestEnable = true, NoExecuteEnable = true, SupervisorExecutePrevention = true,
            }),
        ["first-stage entry, not present"] = GoldenCase.Of(
            "180b00000000f07f",
            new FirstStageEntry
            {
                PageWriteThrough = true, PageCacheDisable = true, Global = true, Ignored9 = true, Ignored11 = true, Ignored62To52 = 0x7FF,
            }),
        ["second-stage entry, not present"] = GoldenCase.Of(
            "740400000000f0bf",
            new SecondStageEntry { Execute = true, MemoryType = 6, IgnorePat = true, Ignored10 = true, Ignored61To52 = 0x3FF, Ignored63 = true }),
        ["any descriptor"] = GoldenCase.Of(
            "0f0e000000000000 0000000000000000 0000000000000000 0000000000000000",
            new InvalidationDescriptor { Type = (InvalidationType)0x7F }),
        ["page group response, private data"] = GoldenCase.Of(
            "29f0000000000000 0000000000000000 8877665544332211 00ffeeddccbbaa99",
            new PageGroupResponse
            {
                PrivateDataPresent = true, ResponseCode = PageResponse.ResponseFailure, PrivateDataLow = 0x1122_3344_5566_7788,
                PrivateDataHigh = 0x99AA_BBCC_DDEE_FF00,
            }),
        ["page request, private data"] = GoldenCase.Of(
            "0102000000001000 0000000000000000 8877665544332211 00ffeeddccbbaa99",
            new PageRequestDescriptor
            {
                PrivateDataPresent = true, ExecuteRequested = true, PrivateDataLow = 0x1122_3344_5566_7788, PrivateDataHigh = 0x99AA_BBCC_DDEE_FF00,
            }),
        ["fault record, atomic operation"] = GoldenCase.Of(
            "0000000000000000 0000007000000060",
            new FaultRecord
            {
                RequestType = FaultRequestType.AtomicOperation, Privileged = true, Execute = true, AddressType = AddressType.Translated,
            }),
        ["GCMD, the rest"] = GoldenCase.Of(
            "0000803b00000000",
            new GlobalCommandRegister
            {
                CompatibilityFormatInterrupt = true, SetInterruptRemappingTablePointer = true, InterruptRemappingEnable = true, WriteBufferFlush = true,
                EnableAdvancedFaultLogging = true, SetFaultLog = true,
            }),
        ["GSTS, the rest"] = GoldenCase.Of(
            "0000803800000000",
            new GlobalStatusRegister { CompatibilityFormatInterrupt = true, WriteBufferFlush = true, AdvancedFaultLogging = true, FaultLog = true }),
        ["CCMD, done"] = GoldenCase.Of(
            "0000000000000008",
            new ContextCommandRegister { ActualGranularity = ContextInvalidationGranularity.Global }),
        ["FSTS, the rest"] = GoldenCase.Of(
            "2c00000000000000",
            new FaultStatusRegister { AdvancedFaultOverflow = true, AdvancedPendingFault = true, InvalidationCompletionError = true }),
        ["VER"] = GoldenCase.Of(
            "4100000000000000",
            new VersionRegister { Major = 4, Minor = 1 }),
        ["CAP"] = GoldenCase.Of(
            "fe066f228c07d2f9",
            new CapabilityRegister
            {
                NumberOfDomains = 6, AdvancedFaultLog = true, WriteBufferFlushRequired = true, ProtectedLowMemory = true, ProtectedHighMemory = true, CachingMode = true,
                SupportedAddressWidths = 6, MaximumGuestAddressWidth = 47, ZeroLengthRead = true, FaultRecordOffset = 0x22, SecondStageLargePages = 3,
                PageSelectiveInvalidation = true, NumberOfFaultRecords = 7, MaximumAddressMask = 18, DrainWrites = true, DrainReads = true, OneGigabyteFirstStagePages = true,
                PostedInterrupts = true, FiveLevelPaging = true, EnhancedCommands = true, SetInterruptTableFlushes = true, SetRootTableFlushes = true,
            }),
        ["ECAP"] = GoldenCase.Of(
            "df50f0e69eff3f05",
            new ExtendedCapabilityRegister
            {
                PageWalkCoherency = true, QueuedInvalidation = true, DeviceTlb = true, InterruptRemapping = true, ExtendedInterruptMode = true, PassThrough = true,
                SnoopControl = true, IotlbOffset = 0x50, MaximumHandleMask = 15, MemoryTypes = true, Nested = true, PageRequests = true, ExecuteRequests = true,
                SupervisorRequests = true, NoWriteFlag = true, ExtendedAccessed = true, PasidSize = 19, Pasid = true, DeviceTlbThrottling = true, PageRequestDrain = true,
                ScalableMode = true, VirtualCommands = true, SecondStageAccessedDirty = true, SecondStage = true, FirstStage = true, ScalablePageWalkCoherency = true,
                RidPasid = true, TrustedDomainIo = true, PerformanceMonitoring = true, AbortDma = true, RidPrivilege = true, PasidInTranslatedRequests = true, StopMarkers = true,
            }),
        ["AFLOG"] = GoldenCase.Of(
            "0066452301000000",
            new AdvancedFaultLogRegister { Log = 0x1_2345_6000, LogSize = 3 }),
        ["PMEN"] = GoldenCase.Of(
            "0100008000000000",
            new ProtectedMemoryEnableRegister { Enable = true, RegionStatus = true }),
        ["PLMLIMIT"] = GoldenCase.Of(
            "0000f0ff00000000",
            new ProtectedLowMemoryRegister { Address = 0xFFF0_0000 }),
        ["PHMBASE"] = GoldenCase.Of(
            "0000000001000000",
            new ProtectedHighMemoryRegister { Address = 0x1_0000_0000 }),
        ["IRTA"] = GoldenCase.Of(
            "0f68452301000000",
            new InterruptRemappingTableAddressRegister { Table = 0x1_2345_6000, ExtendedInterruptModeEnable = true, TableSize = 15 }),
        ["FEDATA"] = GoldenCase.Of(
            "4140010000000000",
            new EventDataRegister { Data = 0x4041, ExtendedData = 1 }),
        ["FEADDR"] = GoldenCase.Of(
            "0c10e0fe00000000",
            new EventAddressRegister { Address = 0xFEE0_100C }),
        ["FEUADDR"] = GoldenCase.Of(
            "0201000000000000",
            new EventUpperAddressRegister { UpperAddress = 0x102 }),
        ["IQH"] = GoldenCase.Of(
            "e0ff070000000000",
            new InvalidationQueueHeadRegister { Head = 0x7FFE0 }),
        ["PQT"] = GoldenCase.Of(
            "e0ff070000000000",
            new PageRequestQueueTailRegister { Tail = 0x7FFE0 }),
        ["ICS"] = GoldenCase.Of(
            "0100000000000000",
            new InvalidationCompletionStatusRegister { WaitComplete = true }),
        ["PRS, pending"] = GoldenCase.Of(
            "0100000000000000",
            new PageRequestStatusRegister { PendingPageRequest = true }),
        ["IOTLB, done"] = GoldenCase.Of(
            "0000000000000004",
            new IotlbInvalidateRegister { ActualGranularity = IotlbInvalidationGranularity.Domain }),
        ["VCRSP, in progress"] = GoldenCase.Of(
            "0100000000000000",
            new VirtualCommandResponseRegister { InProgress = true }),
        ["ECMD"] = GoldenCase.Of(
            "ffffffffffffffff",
            new EnhancedCommandRegister { Content = ulong.MaxValue }),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_structure_has_the_published_bytes(string name) => Assert.Equal(Cases[name].Bytes, Cases[name].Encoded);

    [Theory]
    [MemberData(nameof(Names))]
    public void The_published_bytes_are_read_as_that_structure(string name) => Assert.Equal(Cases[name].Expected, Cases[name].Decoded);

    [Fact]
    public void Every_field_is_set_in_some_published_bytes()
    {
        ILookup<string, GoldenCase> byStructure = Cases.Values.ToLookup(golden => golden.Structure);
        string[] unset = [.. Structure.All.SelectMany(structure => structure.Layout.Fields
            .Where(field => !byStructure[structure.Name].Any(golden => structure.Get(golden.Words, field) != 0))
            .Select(field => $"{structure.Name} {field.Name}"))];

        // The upper part of the type is zero in all descriptors.
        Assert.All(unset, field => Assert.EndsWith(" TYPE_6_4", field, StringComparison.Ordinal));
    }
}
