using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>Second-stage tables. They map I/O virtual addresses, or guest-physical addresses, to memory.</summary>
internal sealed class SecondStageTables : MappedTables<SecondStageFormat>
{
    // Above this order, invalidating the whole domain is cheaper.
    private const int MaximumOrder = 9;

    private const int LargestLeafLevel = 3;

    /// <summary>Creates empty tables.</summary>
    /// <param name="memory">The physical memory as processors see it.</param>
    /// <param name="frames">The frames for tables.</param>
    /// <param name="width">The width of the addresses. It determines the number of levels, 3 to 5.</param>
    /// <param name="largePages">
    /// The bitwise AND of CAP.SSLPS of all units that walk the tables. Bit 0 stands for pages of 2 MiB, bit 1 for 1 GiB. Bit 1 has no effect without bit 0.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="width"/> is not a width of second-stage addresses.</exception>
    /// <exception cref="IommuException"><see cref="IommuError.NoMemory"/>: no memory is left for the topmost table.</exception>
    public SecondStageTables(IPhysicalMemory memory, FrameAllocator frames, AddressWidth width, int largePages = 0)
        : base(memory, frames, Checked(width), new AddressRange(0, 1UL << width.Bits()), LargestLevel(largePages), default)
    {
    }

    public override bool IsSupportedBy(in VtdCapabilities capabilities) => capabilities.SecondStage && capabilities.Supports(AddressWidth);

    public override PasidEntry EntryFor(in VtdCapabilities capabilities, DomainId domainId) => new()
    {
        Present = true,
        GrantType = PasidGrantType.SecondStage,
        SecondStageTable = Root,
        AddressWidth = AddressWidth,
        DomainId = domainId,
        PageWalkSnoop = capabilities.PageWalkCoherency,
    };

    public override void AppendInvalidation(InvalidationBatch batch, in VtdCapabilities capabilities, DomainId domainId, IEnumerable<Pasid> pasids, ChangedPages pages)
    {
        if (pages.Range.Order > Math.Min(MaximumOrder, capabilities.MaximumAddressMask) || !capabilities.PageSelectiveInvalidation)
            batch.Domain(domainId);
        else
            batch.DomainPages(domainId, pages.Range, pages.OnlyLeaves);
    }

    private static int LargestLevel(int largePages) => (largePages & LargestLeafLevel) switch { 1 => 2, 3 => 3, _ => 1 };

    private static AddressWidth Checked(AddressWidth width) => width is AddressWidth.Bits39 or AddressWidth.Bits48 or AddressWidth.Bits57
        ? width
        : throw new ArgumentOutOfRangeException(nameof(width), width, "Second-stage addresses have 39, 48 or 57 bits.");
}
