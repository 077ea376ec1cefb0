namespace IoAsid.Typed.Vtd.Tests.Structures;

/// <summary>
/// The masks of reserved bits. The masks of paging entries are those that QEMU declares (VTD_FPTE_*_RSVD_MASK, VTD_SPTE_*_RSVD_MASK). The masks of table
/// entries and descriptors are those of an independent implementation of revision 4.1. Host addresses have 48 bits.
/// </summary>
public sealed class ReservedMaskTests
{
    private const ulong All = ulong.MaxValue;
    private const ulong Above48 = 0xFFFF_0000_0000_0000;

    [Fact]
    public void Root_entries() => Assert.Equal(new Bits128(Above48 | 0xFFE, All), RootEntry.ReservedMask(Units.Nothing));

    [Fact]
    public void Halves_of_scalable_root_entries() =>
        Assert.Equal(new Bits128(Above48 | 0xFFE, Above48 | 0xFFE), ScalableRootEntry.ReservedMask(Units.Nothing));

    [Fact]
    public void Context_entries() => Assert.Equal(new Bits128(Above48 | 0xFF0, 0xFFFF_FFFF_FFFF_F080), ContextEntry.ReservedMask(Units.Nothing));

    [Fact]
    public void Scalable_context_entries_reserve_fields_without_their_capability()
    {
        Assert.Equal(new Bits256(Above48 | 0x1E0, All << 21, All, All), ScalableContextEntry.ReservedMask(Units.Everything));
        Assert.Equal(new Bits256(Above48 | 0x1FC, All, All, All), ScalableContextEntry.ReservedMask(Units.Nothing));
    }

    [Fact]
    public void Scalable_context_entries_have_EPTR_from_revision_5_0_on() => Assert.Equal(
        new Bits256(Above48 | 0x1A0, All << 21, All, All), ScalableContextEntry.ReservedMask(Units.Everything with { Revision = VtdRevision.Five0 }));

    [Fact]
    public void PASID_directory_entries() => Assert.Equal(Above48 | 0xFFC, (ulong)PasidDirectoryEntry.ReservedMask(Units.Nothing));

    [Fact]
    public void PASID_entries_of_a_unit_with_all_capabilities() =>
        Assert.Equal(new Bits512(Above48 | 0xC20, 0xF87F_0000, Above48 | 0xF02, All, All, All, All, All), Reserved(Units.Everything));

    [Fact]
    public void PASID_entries_of_revision_3_have_execute_requests_and_memory_types() =>
        Assert.Equal(
            new Bits512(Above48 | 0xC20, 0x7F_0000, Above48 | 0xF00, All, All, All, All, All),
            Reserved(Units.Everything with { Revision = VtdRevision.Three }));

    [Fact]
    public void PASID_entries_of_a_unit_with_the_second_stage_only() =>
        Assert.Equal(
            new Bits512(Above48 | 0xC20, 0xFFFF_FFFF_FE7F_FFF0, 0xFFFF_FFFF_FFFF_FF9F, All, All, All, All, All),
            Reserved(Units.Only(extended: new()
            {
                ScalableMode = true, SecondStage = true, SecondStageAccessedDirty = true, ScalablePageWalkCoherency = true, SnoopControl = true,
            })));

    [Fact]
    public void Each_field_of_a_PASID_entry_is_reserved_without_its_capability()
    {
        ReservesWithout(new() { SecondStageAccessedDirty = true }, "SSADE");
        ReservesWithout(new() { ScalablePageWalkCoherency = true }, "PWSNP");
        ReservesWithout(new() { SnoopControl = true }, "PGSNP");
        ReservesWithout(new() { SecondStage = true }, "AW", "SSADE", "SSPTPTR");
        ReservesWithout(new() { FirstStage = true }, "FSPM", "WPE", "FSPTPTR");
        ReservesWithout(new() { ExtendedAccessed = true }, "EAFE");
        ReservesWithout(new() { SupervisorRequests = true }, "SRE");
        ReservesWithout(new() { MemoryTypes = true }, "CD", "EMTE", "PAT");
    }

    [Theory]
    [InlineData(1, false, true, 0x000F_0000_0000_0000)]
    [InlineData(1, true, true, 0x000F_0000_0000_0000)]
    [InlineData(2, false, true, 0x000F_0000_0000_0000)]
    [InlineData(2, true, true, 0x000F_0000_001F_E000)]
    [InlineData(3, false, true, 0x000F_0000_0000_0000)]
    [InlineData(3, true, true, 0x000F_0000_3FFF_E000)]
    [InlineData(3, true, false, 0x000F_0000_0000_0080)]
    [InlineData(4, false, true, 0x000F_0000_0000_0080)]
    [InlineData(5, true, true, 0x000F_0000_0000_0080)]
    public void First_stage_entries(int level, bool pageSize, bool oneGigabytePages, ulong mask)
    {
        VtdCapabilities unit = Units.Only(new() { OneGigabyteFirstStagePages = oneGigabytePages });

        Assert.Equal(mask, (ulong)FirstStageEntry.ReservedMask(level, pageSize, unit));
        Assert.Equal(mask & 0xFFFF_FFFF, (ulong)FirstStageEntry.ReservedMask(level, pageSize, addressWidth: 52, oneGigabytePages));
    }

    [Theory]
    [InlineData(1, false, 0b11, false, 0x400F_0000_0000_0800)]
    [InlineData(1, true, 0b11, true, 0x400F_0000_0000_0000)]
    [InlineData(2, false, 0b11, false, 0x400F_0000_0000_0800)]
    [InlineData(2, true, 0b11, false, 0x400F_0000_001F_F800)]
    [InlineData(2, true, 0b11, true, 0x400F_0000_001F_F000)]
    [InlineData(2, false, 0b11, true, 0x400F_0000_0000_0800)]
    [InlineData(2, true, 0b00, true, 0x400F_0000_0000_0880)]
    [InlineData(3, true, 0b11, false, 0x400F_0000_3FFF_F800)]
    [InlineData(3, true, 0b11, true, 0x400F_0000_3FFF_F000)]
    [InlineData(3, true, 0b01, true, 0x400F_0000_0000_0880)]
    [InlineData(4, false, 0b11, true, 0x400F_0000_0000_0880)]
    [InlineData(5, true, 0b11, true, 0x400F_0000_0000_0880)]
    public void Second_stage_entries(int level, bool pageSize, byte largePages, bool snoopControl, ulong mask)
    {
        VtdCapabilities unit = Units.Only(new() { SecondStageLargePages = largePages }, new() { SnoopControl = snoopControl });

        Assert.Equal(mask, (ulong)SecondStageEntry.ReservedMask(level, pageSize, unit));
    }

    [Fact]
    public void Descriptors()
    {
        Allows(ContextCacheInvalidation.ReservedMask(Units.Nothing), 0x0003_FFFF_FFFF_003F, 0);
        Allows(IotlbInvalidation.ReservedMask(Units.Nothing), 0x0000_0000_FFFF_00FF, 0xFFFF_FFFF_FFFF_F07F);
        Allows(InterruptEntryInvalidation.ReservedMask(Units.Nothing), 0x0000_FFFF_F800_001F, 0);
        Allows(InvalidationWait.ReservedMask(Units.Nothing), 0xFFFF_FFFF_0000_007F, 0xFFFF_FFFF_FFFF_FFFC);
        Allows(InvalidationWait.ReservedMask(Units.Everything), 0xFFFF_FFFF_0000_00FF, 0xFFFF_FFFF_FFFF_FFFC);
        Allows(PasidIotlbInvalidation.ReservedMask(Units.Nothing), 0x000F_FFFF_FFFF_003F, 0xFFFF_FFFF_FFFF_F07F);
        Allows(PasidCacheInvalidation.ReservedMask(Units.Nothing), 0x000F_FFFF_FFFF_003F, 0);
        Allows(DeviceTlbInvalidation.ReservedMask(Units.Nothing), 0x0000_FFFF_001F_000F, 0xFFFF_FFFF_FFFF_F001);
        Allows(DeviceTlbInvalidation.ReservedMask(Units.Everything), 0xFFF0_FFFF_001F_F00F, 0xFFFF_FFFF_FFFF_F001);
        Allows(PasidDeviceTlbInvalidation.ReservedMask(Units.Nothing), 0x000F_FFFF_FFFF_01FF, 0xFFFF_FFFF_FFFF_F801);
        Allows(PasidDeviceTlbInvalidation.ReservedMask(Units.Everything), 0xFFFF_FFFF_FFFF_F1FF, 0xFFFF_FFFF_FFFF_F801);
        Allows(PageGroupResponse.ReservedMask(Units.Everything), 0x000F_FFFF_FFFF_F01F, 0xFFC);
    }

    [Fact]
    public void Private_data_of_page_requests_exists_only_in_revision_3()
    {
        VtdCapabilities older = Units.Everything with { Revision = VtdRevision.Three };

        Assert.Equal(new Bits256(0xFFC0_0000_0000_FE00, 0, All, All), PageRequestDescriptor.ReservedMask(Units.Everything));
        Assert.Equal(new Bits256(0xFFC0_0000_0000_FC00, 0), PageRequestDescriptor.ReservedMask(older));
        Assert.Equal(default, PageGroupResponse.ReservedMask(older).Upper);
    }

    [Fact]
    public void Fault_records()
    {
        Assert.Equal(new Bits128(0xFFF, 0x0FFF_0000), FaultRecord.ReservedMask(Units.Everything));
        // PV, PP, EXE and PRIV need PASIDs, and AT needs device TLBs.
        Assert.Equal(new Bits128(0xFFF, 0x3FFF_FF00_EFFF_0000), FaultRecord.ReservedMask(Units.Nothing));
    }

    private static Bits512 Reserved(in VtdCapabilities unit) => PasidEntry.ReservedMask(unit);

    private static void ReservesWithout(ExtendedCapabilityRegister missing, params string[] fields)
    {
        Bits512 expected = Reserved(Units.Everything);
        foreach (BitField field in fields.Select(name => PasidEntry.Layout[name]))
            expected = field.With(expected, field.MaximumValue);

        Assert.Equal(expected, Reserved(Units.Without(missing)));
    }

    // The upper bits of the type are not tested, because a descriptor with one of them set has another type.
    private static void Allows(Bits256 reserved, ulong low, ulong high) =>
        Assert.Equal(new Bits256(~low & ~0xE00UL, ~high, All, All), reserved);
}
