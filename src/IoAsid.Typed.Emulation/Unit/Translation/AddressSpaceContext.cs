using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>The fields of a PASID entry, or of a legacy context entry, that the translation of requests needs.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct AddressSpaceContext
{
    public DomainId Domain { get; init; }

    /// <summary>The PASID of the entry. For requests without PASID it is RID_PASID.</summary>
    public Pasid Pasid { get; init; }

    public PasidGrantType Grant { get; init; }

    /// <summary>Gets a value indicating whether the entry is of legacy mode, which has other reason codes, and no accessed and dirty bits.</summary>
    public bool IsLegacy { get; init; }

    /// <summary>Gets a value indicating whether a legacy entry allows translation requests and translated requests (TT = 01b).</summary>
    public bool AllowsDeviceTlb { get; init; }

    public ulong FirstStageTable { get; init; }

    public byte FirstStageLevels { get; init; }

    /// <summary>The number of highest bits of an input address of the first stage that repeat the bit below them.</summary>
    public byte FirstStageUnusedBits { get; init; }

    public ulong SecondStageTable { get; init; }

    public byte SecondStageLevels { get; init; }

    /// <summary>The width of an input address of the second stage, in bits: that of the entry, or MGAW if it is smaller.</summary>
    public byte SecondStageWidth { get; init; }

    public bool SupervisorRequestEnable { get; init; }

    public bool ExecuteRequestEnable { get; init; }

    public bool WriteProtectEnable { get; init; }

    /// <summary>Gets a value indicating whether NXE is set. It applies only if <see cref="ChecksExecute"/> is true.</summary>
    public bool NoExecuteEnable { get; init; }

    /// <summary>Gets a value indicating whether SMEP is set. It applies only if <see cref="ChecksExecute"/> is true.</summary>
    public bool SupervisorExecutePrevention { get; init; }

    public bool ExtendedAccessedEnable { get; init; }

    public bool SecondStageAccessedDirtyEnable { get; init; }

    public bool PageWalkSnoop { get; init; }

    /// <summary>Gets a value indicating whether qualified faults are not recorded, because FPD is set in the entry or in an entry that leads to it.</summary>
    public bool FaultProcessingDisable { get; init; }

    /// <summary>The tag of first-stage entries in the paging-structure caches.</summary>
    public StructureTag FirstStageTag { get; init; }

    /// <summary>The tag of second-stage entries in the paging-structure caches.</summary>
    public StructureTag SecondStageTag { get; init; }

    /// <summary>The rights that the address space gives to each page of the first stage: to read, and to write as a supervisor if WPE is clear.</summary>
    public PageRights FirstStageRights { get; init; }

    /// <summary>Gets a value indicating whether NXE and SMEP apply to execute requests (revision 3 only).</summary>
    public bool ChecksExecute { get; init; }

    /// <summary>The bits that a walk leaves set in each first-stage entry that it uses: P, A, and EA if EAFE is set.</summary>
    public ulong FirstStageUsed { get; init; }

    /// <summary>
    /// The bits of a first-stage entry that the address space decides: those of <see cref="FirstStageUsed"/>, which must be set, and the reserved ones and the
    /// address bits above the width of the second stage, which must be clear.
    /// </summary>
    public ulong FirstStageChecked { get; init; }

    /// <summary>The bits that a walk leaves set in each second-stage entry that it uses: A if SSADE is set.</summary>
    public ulong SecondStageUsed { get; init; }

    /// <summary>The bits of a second-stage leaf that count as set although they are clear: D without SSADE.</summary>
    public ulong SecondStageImplied { get; init; }

    /// <summary>The access to the tables of the first stage that a walk demands of the second stage.</summary>
    public WalkDemand TableDemand => WalkDemand.Read | (SecondStageAccessedDirtyEnable ? WalkDemand.MustBeWritable : WalkDemand.None);

    /// <summary>The rights of the second stage that <see cref="TableDemand"/> needs.</summary>
    public EntryRights TableRights { get; init; }

    public bool HasFirstStage => Grant is PasidGrantType.FirstStage or PasidGrantType.Nested;

    public bool IsNested => Grant == PasidGrantType.Nested;

    /// <summary>Returns the part of a PASID entry that walks need.</summary>
    /// <param name="pasid">The PASID of the entry.</param>
    /// <param name="entry">The entry.</param>
    /// <param name="capabilities">The capabilities of the unit.</param>
    /// <param name="faultProcessingDisable">True if qualified faults are not recorded.</param>
    public static AddressSpaceContext Of(Pasid pasid, in PasidEntry entry, in VtdCapabilities capabilities, bool faultProcessingDisable) => new()
    {
        Domain = entry.DomainId,
        Pasid = pasid,
        Grant = entry.GrantType,
        FirstStageTable = entry.FirstStageTable,
        FirstStageLevels = FirstStageLevelsOf(entry),
        FirstStageUnusedBits = (byte)(64 - TranslationTables.ShiftOf(FirstStageLevelsOf(entry) + 1)),
        SecondStageTable = entry.SecondStageTable,
        SecondStageLevels = (byte)entry.AddressWidth.Levels(),
        SecondStageWidth = WidthOf(entry.AddressWidth, capabilities),
        SupervisorRequestEnable = entry.SupervisorRequestEnable,
        ExecuteRequestEnable = entry.ExecuteRequestEnable,
        WriteProtectEnable = entry.WriteProtectEnable,
        ChecksExecute = ChecksExecuteIn(capabilities),
        NoExecuteEnable = entry.NoExecuteEnable,
        SupervisorExecutePrevention = entry.SupervisorExecutePrevention,
        ExtendedAccessedEnable = entry.ExtendedAccessedEnable,
        SecondStageAccessedDirtyEnable = entry.SecondStageAccessedDirtyEnable,
        PageWalkSnoop = entry.PageWalkSnoop,
        FaultProcessingDisable = faultProcessingDisable,
        FirstStageUsed = FirstStageUsedOf(entry),
        FirstStageChecked = FirstStageUsedOf(entry) | FirstStageReservedOf(entry, capabilities),
        SecondStageUsed = entry.SecondStageAccessedDirtyEnable ? new SecondStageEntry { Accessed = true }.Bits : 0,
        SecondStageImplied = entry.SecondStageAccessedDirtyEnable ? 0 : SecondStageDirty,
        TableRights = EntryRights.Readable | (entry.SecondStageAccessedDirtyEnable ? EntryRights.Writable : EntryRights.None),
        FirstStageTag = new StructureTag(entry.DomainId, pasid),
        SecondStageTag = new StructureTag(entry.DomainId, default),
        FirstStageRights = PageRights.Read | (entry.WriteProtectEnable ? PageRights.None : PageRights.SupervisorWrite),
    };

    /// <summary>Returns the part of a legacy context entry that walks need.</summary>
    public static AddressSpaceContext Of(in ContextEntry entry, in VtdCapabilities capabilities) => new()
    {
        Domain = entry.DomainId,
        Grant = entry.TranslationType == TranslationType.PassThrough ? PasidGrantType.PassThrough : PasidGrantType.SecondStage,
        IsLegacy = true,
        AllowsDeviceTlb = entry.TranslationType == TranslationType.AllRequests,
        SecondStageTable = entry.SecondStageTable,
        SecondStageLevels = (byte)entry.AddressWidth.Levels(),
        SecondStageWidth = WidthOf(entry.AddressWidth, capabilities),
        FaultProcessingDisable = entry.FaultProcessingDisable,
        SecondStageTag = new StructureTag(entry.DomainId, default),
        SecondStageImplied = SecondStageDirty,
    };

    private static byte FirstStageLevelsOf(in PasidEntry entry) => (byte)(entry.FirstStagePagingMode == FirstStagePagingMode.FiveLevel ? 5 : 4);

    private static ulong SecondStageDirty => new SecondStageEntry { Dirty = true }.Bits;

    private static ulong FirstStageUsedOf(in PasidEntry entry) =>
        new FirstStageEntry { Present = true, Accessed = true, ExtendedAccessed = entry.ExtendedAccessedEnable }.Bits;

    // In revision 3, XD is reserved while NXE is clear, like on a processor. Later revisions ignore XD.
    private static ulong FirstStageReservedOf(in PasidEntry entry, in VtdCapabilities capabilities)
    {
        ulong reserved = ChecksExecuteIn(capabilities) && !entry.NoExecuteEnable ? new FirstStageEntry { ExecuteDisable = true }.Bits : 0;
        return entry.GrantType == PasidGrantType.Nested
            ? reserved | FirstStageEntry.ReservedMask(level: 1, pageSize: false, WidthOf(entry.AddressWidth, capabilities), oneGigabytePages: false)
            : reserved;
    }

    private static byte WidthOf(AddressWidth width, in VtdCapabilities capabilities) =>
        (byte)Math.Min(width.Bits(), capabilities.MaximumGuestAddressWidth);

    // Revisions from 4.1 ignore NXE and SMEP for execute requests.
    private static bool ChecksExecuteIn(in VtdCapabilities capabilities) => capabilities.Revision == VtdRevision.Three;
}
