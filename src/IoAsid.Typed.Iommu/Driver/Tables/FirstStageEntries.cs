using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>The PASID entries of requests that are translated by first-stage tables alone.</summary>
internal static class FirstStageEntries
{
    /// <summary>Returns the entry.</summary>
    /// <param name="capabilities">The capabilities of the unit.</param>
    /// <param name="root">The physical address of the topmost table.</param>
    /// <param name="hasFiveLevels">True for five levels of tables, false for four.</param>
    /// <param name="domainId">The domain id that tags cached translations.</param>
    /// <param name="setsAddressWidth">True if AW is written although the unit has no second stage.</param>
    public static PasidEntry Create(in VtdCapabilities capabilities, ulong root, bool hasFiveLevels, DomainId domainId, bool setsAddressWidth) => new()
    {
        Present = true,
        GrantType = PasidGrantType.FirstStage,
        FirstStageTable = root,
        FirstStagePagingMode = hasFiveLevels ? FirstStagePagingMode.FiveLevel : FirstStagePagingMode.FourLevel,
        AddressWidth = capabilities.SecondStage || setsAddressWidth ? Widest(capabilities) : default,
        DomainId = domainId,
        PageWalkSnoop = capabilities.PageWalkCoherency,
    };

    /// <summary>Returns the widest second stage that the unit supports (Linux 6.12 <c>pasid_set_address_width</c>).</summary>
    public static AddressWidth Widest(in VtdCapabilities capabilities)
    {
        foreach (AddressWidth width in (ReadOnlySpan<AddressWidth>)[AddressWidth.Bits57, AddressWidth.Bits48])
        {
            if (capabilities.Supports(width))
                return width;
        }

        return AddressWidth.Bits39;
    }
}
