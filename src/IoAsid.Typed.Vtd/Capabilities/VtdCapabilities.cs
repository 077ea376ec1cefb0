using System.Runtime.InteropServices;

namespace IoAsid.Typed.Vtd;

/// <summary>The abilities of a unit: its capability registers, and the properties that no register states.</summary>
/// <remarks>
/// Every property is decoded from the registers, so nothing can contradict them. Contradictions between capabilities are not
/// refused here: hardware with such registers exists.
/// </remarks>
/// <param name="Capability">CAP.</param>
/// <param name="ExtendedCapability">ECAP.</param>
/// <param name="HostAddressWidth">HAW: the width of host physical addresses, 12 to 64 bits. No register has it; firmware tables
/// do.</param>
/// <param name="Revision">The revision of the architecture.</param>
[StructLayout(LayoutKind.Auto)]
public readonly partial record struct VtdCapabilities(
    CapabilityRegister Capability,
    ExtendedCapabilityRegister ExtendedCapability,
    int HostAddressWidth,
    VtdRevision Revision)
{
    private const int OffsetUnit = 16;

    /// <summary>Creates the capabilities of a unit of revision 4.1 from raw registers.</summary>
    /// <param name="capability">CAP.</param>
    /// <param name="extendedCapability">ECAP.</param>
    /// <param name="hostAddressWidth">HAW: the width of host physical addresses, 12 to 64 bits.</param>
    public VtdCapabilities(ulong capability, ulong extendedCapability, int hostAddressWidth)
        : this(new(capability), new(extendedCapability), hostAddressWidth, VtdRevision.Four1)
    {
    }

    /// <summary>VER.MAX: the major version of the implementation, 1 to 15. It is no revision of the architecture.</summary>
    public byte MajorVersion { get; init; } = 1;

    /// <summary>CAP.ND: the number of domain ids, 16 to 65536. ND 7 is reserved and read as 6.</summary>
    public int NumberOfDomains => 1 << (4 + (2 * Math.Min(Capability.NumberOfDomains, (byte)6)));

    /// <summary>CAP.SAGAW: bit n set means that <see cref="AddressWidth"/> n is supported.</summary>
    public int SupportedAdjustedGuestWidths => Capability.SupportedAddressWidths;

    /// <summary>CAP.MGAW: the widest input address, in bits.</summary>
    public int MaximumGuestAddressWidth => Capability.MaximumGuestAddressWidth + 1;

    /// <summary>CAP.FRO: the offset of the first fault recording register, in bytes from the base of the registers.</summary>
    public int FaultRecordOffset => Capability.FaultRecordOffset * OffsetUnit;

    /// <summary>ECAP.IRO: the offset of IVA, in bytes from the base of the registers. IOTLB follows it.</summary>
    public int IotlbOffset => ExtendedCapability.IotlbOffset * OffsetUnit;

    /// <summary>CAP.NFR: the number of fault recording registers, 1 to 256.</summary>
    public int NumberOfFaultRecords => Capability.NumberOfFaultRecords + 1;

    /// <summary>CAP.MAMV: the highest AM of an IOTLB invalidation by pages.</summary>
    public int MaximumAddressMask => Capability.MaximumAddressMask;

    /// <summary>ECAP.PSS: the number of bits of a PASID, 1 to 20; 0 without ECAP.PASID.</summary>
    public int PasidBits => Pasid ? Math.Min(ExtendedCapability.PasidSize + 1, 20) : 0;

    /// <summary>CAP.SSLPS: bit 0 means 2 MiB pages, bit 1 means 1 GiB pages in the second stage.</summary>
    public int SecondStageLargePages => Capability.SecondStageLargePages;
    /// <summary>ECAP.SMTS: scalable mode.</summary>
    public bool ScalableMode => ExtendedCapability.ScalableMode;
    /// <summary>ECAP.FSTS: first-stage translation.</summary>
    public bool FirstStage => ExtendedCapability.FirstStage;
    /// <summary>ECAP.SSTS: second-stage translation in scalable mode. Legacy mode has it always.</summary>
    public bool SecondStage => ExtendedCapability.SecondStage;
    /// <summary>ECAP.NEST: nested translation.</summary>
    public bool Nested => ExtendedCapability.Nested;
    /// <summary>ECAP.PT: pass-through.</summary>
    public bool PassThrough => ExtendedCapability.PassThrough;
    /// <summary>CAP.FS5LP: 5-level paging in the first stage.</summary>
    public bool FiveLevelPaging => Capability.FiveLevelPaging;
    /// <summary>CAP.FS1GP: 1 GiB pages in the first stage.</summary>
    public bool OneGigabyteFirstStagePages => Capability.OneGigabyteFirstStagePages;
    /// <summary>ECAP.PRS: page requests.</summary>
    public bool PageRequests => ExtendedCapability.PageRequests;
    /// <summary>ECAP.DT: device TLBs.</summary>
    public bool DeviceTlb => ExtendedCapability.DeviceTlb;
    /// <summary>ECAP.PASID: requests may carry a PASID.</summary>
    public bool Pasid => ExtendedCapability.Pasid;
    /// <summary>ECAP.VCS: virtual commands.</summary>
    public bool VirtualCommands => ExtendedCapability.VirtualCommands;
    /// <summary>ECAP.SSADS: accessed and dirty bits in the second stage.</summary>
    public bool SecondStageAccessedDirty => ExtendedCapability.SecondStageAccessedDirty;
    /// <summary>ECAP.EAFS: extended accessed flags.</summary>
    public bool ExtendedAccessed => ExtendedCapability.ExtendedAccessed;
    /// <summary>ECAP.SRS: supervisor requests.</summary>
    public bool SupervisorRequests => ExtendedCapability.SupervisorRequests;

    /// <summary>ECAP.ERS: execute requests. Only in revision 3.</summary>
    public bool ExecuteRequests => Revision == VtdRevision.Three && ExtendedCapability.ExecuteRequests;

    /// <summary>ECAP.SMPWCS: page walks in scalable mode can snoop the processor caches.</summary>
    public bool PageWalkCoherency => ExtendedCapability.ScalablePageWalkCoherency;
    /// <summary>ECAP.SC: snooping can be controlled.</summary>
    public bool SnoopControl => ExtendedCapability.SnoopControl;
    /// <summary>ECAP.RPS: the RID_PASID field.</summary>
    public bool RidPasid => ExtendedCapability.RidPasid;
    /// <summary>ECAP.ADMS: abort-DMA mode.</summary>
    public bool AbortDma => ExtendedCapability.AbortDma;
    /// <summary>ECAP.QI: queued invalidation.</summary>
    public bool QueuedInvalidation => ExtendedCapability.QueuedInvalidation;
    /// <summary>ECAP.PDS: an invalidation wait can drain page requests.</summary>
    public bool PageRequestDrain => ExtendedCapability.PageRequestDrain;
    /// <summary>ECAP.IR: interrupt remapping.</summary>
    public bool InterruptRemapping => ExtendedCapability.InterruptRemapping;
    /// <summary>ECAP.NWFS: the no-write flag of translation requests is respected.</summary>
    public bool NoWriteFlag => ExtendedCapability.NoWriteFlag;
    /// <summary>CAP.CM: entries that are not present or faulting may be cached.</summary>
    public bool CachingMode => Capability.CachingMode;
    /// <summary>CAP.ZLR: zero-length reads of write-only pages are allowed.</summary>
    public bool ZeroLengthRead => Capability.ZeroLengthRead;
    /// <summary>CAP.PSI: page-selective IOTLB invalidation.</summary>
    public bool PageSelectiveInvalidation => Capability.PageSelectiveInvalidation;
    /// <summary>CAP.ESRTPS: setting the root table flushes the context, PASID, IOTLB and paging-structure caches.</summary>
    public bool SetRootTableFlushes => Capability.SetRootTableFlushes;

    /// <summary>The address bits that no host address has.</summary>
    public ulong AboveHostAddressWidth => HostWidth.Above(HostAddressWidth);

    /// <summary>Returns the conditions under which fields of the layouts exist in the unit.</summary>
    public static implicit operator LayoutConditions(in VtdCapabilities capabilities) => capabilities.ToLayoutConditions();

    /// <summary>Returns the conditions under which fields of the layouts exist in the unit.</summary>
    public LayoutConditions ToLayoutConditions() =>
        new((ulong)Requirements.MetBy(Capability, ExtendedCapability), Revision.ToVersion(), AboveHostAddressWidth);

    /// <summary>Bits of a domain id that the unit does not have.</summary>
    internal ulong AbsentDomainIdBits => ushort.MaxValue & ~((ulong)NumberOfDomains - 1);

    /// <summary>Returns true if second-stage translation has a width (CAP.SAGAW).</summary>
    public bool Supports(AddressWidth width) =>
        width != AddressWidth.Invalid && ((SupportedAdjustedGuestWidths >> (int)width) & 1) != 0;

    /// <summary>Returns true if a second-stage entry of a level may map a page (CAP.SSLPS).</summary>
    /// <param name="level">1 for the level of 4 KiB pages, up to 5.</param>
    public bool SupportsSecondStagePage(int level) =>
        level == 1 || (level is 2 or 3 && ((SecondStageLargePages >> (level - 2)) & 1) != 0);

    /// <summary>Returns true if the unit meets all requirements of a field or a register.</summary>
    public bool Meets(Requirement needs) => Missing(needs) == Requirement.None;

    /// <summary>Returns those of some requirements that are not met.</summary>
    public Requirement Missing(Requirement needs) => needs & ~Requirements.MetBy(Capability, ExtendedCapability);

    /// <summary>
    /// Returns the registers and bits of those of some requirements that are not met, as in <c>ECAP.SMTS (bit 43) and ECAP.FSTS (bit 47)</c>; empty if all are met.
    /// </summary>
    public string DescribeMissing(Requirement needs) => Missing(needs).Describe();
}

internal static class HostWidth
{
    /// <summary>Returns the bits at and above a width.</summary>
    internal static ulong Above(int width) => width >= 64 ? 0 : ulong.MaxValue << width;
}
