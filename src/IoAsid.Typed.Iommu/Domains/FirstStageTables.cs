using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>First-stage tables of a domain. They map I/O virtual addresses of the user half to memory, in the format of the processor's tables.</summary>
internal sealed class FirstStageTables : MappedTables<FirstStageFormat>
{
    private const int LargePageLevel = 2;
    private const int HugePageLevel = 3;

    private readonly bool _setsAddressWidth;

    /// <summary>Creates empty tables.</summary>
    /// <param name="memory">The physical memory as processors see it.</param>
    /// <param name="frames">The frames for tables.</param>
    /// <param name="width">48 bits for four levels, or 57 bits for five levels.</param>
    /// <param name="hugePages">True if all units support pages of 1 GiB in the first stage (CAP.FS1GP).</param>
    /// <param name="presetsAccessedDirty">True if a unit cannot set accessed and dirty bits.</param>
    /// <param name="setsAddressWidth">
    /// True if AW is also written on units without a second stage: see <see cref="IommuOptions.SetsFirstStageAddressWidth"/>.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="width"/> is neither 48 nor 57 bits.</exception>
    /// <exception cref="IommuException"><see cref="IommuError.NoMemory"/>: no memory is left for the topmost table.</exception>
    public FirstStageTables(IPhysicalMemory memory, FrameAllocator frames, AddressWidth width, bool hugePages, bool presetsAccessedDirty, bool setsAddressWidth)
        : base(
            memory,
            frames,
            Checked(width),
            new AddressRange(0, 1UL << (width.Bits() - 1)),
            hugePages ? HugePageLevel : LargePageLevel,
            new FirstStageFormat(presetsAccessedDirty)) => _setsAddressWidth = setsAddressWidth;

    private bool HasFiveLevels => AddressWidth == AddressWidth.Bits57;

    public override bool IsSupportedBy(in VtdCapabilities capabilities) => capabilities.FirstStage && (!HasFiveLevels || capabilities.FiveLevelPaging);

    public override PasidEntry EntryFor(in VtdCapabilities capabilities, DomainId domainId) =>
        FirstStageEntries.Create(capabilities, Root, HasFiveLevels, domainId, _setsAddressWidth);

    public override void AppendInvalidation(InvalidationBatch batch, in VtdCapabilities capabilities, DomainId domainId, IEnumerable<Pasid> pasids, ChangedPages pages)
    {
        foreach (Pasid pasid in pasids)
            batch.FirstStage(domainId, pasid, pages.Range, pages.OnlyLeaves);
    }

    private static AddressWidth Checked(AddressWidth width) => width is AddressWidth.Bits48 or AddressWidth.Bits57
        ? width
        : throw new ArgumentOutOfRangeException(nameof(width), width, "First-stage addresses have 48 or 57 bits.");
}
