using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>The absence of tables. Addresses of devices are physical addresses.</summary>
internal sealed class PassThroughTables(AddressWidth width) : DomainTables(width, new AddressRange(0, 1UL << width.Bits()))
{
    public override long TablePages => 0;

    public override bool IsSupportedBy(in VtdCapabilities capabilities) => capabilities.PassThrough && capabilities.Supports(AddressWidth);

    public override PasidEntry EntryFor(in VtdCapabilities capabilities, DomainId domainId) => new()
    {
        Present = true,
        GrantType = PasidGrantType.PassThrough,
        AddressWidth = capabilities.SecondStage ? FirstStageEntries.Widest(capabilities) : default,
        DomainId = domainId,
    };

    public override void AppendInvalidation(InvalidationBatch batch, in VtdCapabilities capabilities, DomainId domainId, IEnumerable<Pasid> pasids, ChangedPages pages) =>
        throw NotMapped();

    public override void Map(AddressRange range, ulong physical, MemoryRights rights) => throw NotMapped();

    public override ValueTask UnmapAsync(AddressRange range, Func<AddressRange, bool, ValueTask> invalidate) => throw NotMapped();

    public override bool TryTranslate(ulong address, out ulong physical)
    {
        physical = address;
        return Addresses.Contains(address);
    }

    public override void Free()
    {
    }

    private static IommuException NotMapped() =>
        new(IommuError.NotPermitted, "A pass-through domain reaches all memory and has no mappings. Create a domain with tables.");
}
