using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>
/// The paging-structure caches (VT-d 6.2.5): the walks that fill them, the lookups, and the invalidations (VT-d Tables 23, 24 and 27).
/// </summary>
public sealed class StructureCacheTests
{
    private const ulong Hint = 1 << 6;
    private static readonly DomainId Domain = StructureFixture.Domain;
    private static readonly Pasid Pasid = StructureFixture.Pasid;

    private static readonly (string Name, Descriptor Descriptor, bool First, bool Second)[] s_invalidations =
    [
        ("global", Descriptor.AllTranslations, true, true),
        ("domain", Descriptor.Domain(Domain), true, true),
        ("another domain", Descriptor.Domain(new(8)), false, false),
        ("page of the domain", Descriptor.Pages(Domain, StructureFixture.Input), true, true),
        ("page of the domain, IH", Descriptor.Pages(Domain, StructureFixture.Input).WithHint(), true, false),
        ("another page of the domain", Descriptor.Pages(Domain, 1UL << 55), true, false),
        ("page of another domain", Descriptor.Pages(new(8), StructureFixture.Input), false, false),
        ("2 MiB of the domain", Descriptor.Pages(Domain, StructureFixture.Input & ~0x1F_FFFFUL, 9), true, true),
        ("1 GiB of the domain", Descriptor.Pages(Domain, StructureFixture.Input & ~0x3FFF_FFFFUL, 18), true, true),
        ("another GiB of the domain", Descriptor.Pages(Domain, 1UL << 55, 18), true, false),
        ("PASID", Descriptor.Pasid(Domain, Pasid), true, false),
        ("another PASID", Descriptor.Pasid(Domain, new(6)), false, false),
        ("PASID of another domain", Descriptor.Pasid(new(8), Pasid), false, false),
        ("page of the PASID", Descriptor.PasidPages(Domain, Pasid, StructureFixture.Input), true, false),
        ("page of the PASID, IH", Descriptor.PasidPages(Domain, Pasid, StructureFixture.Input).WithHint(), false, false),
        ("another page of the PASID", Descriptor.PasidPages(Domain, Pasid, 1UL << 55), false, false),
        ("page of another PASID", Descriptor.PasidPages(Domain, new(6), StructureFixture.Input), false, false),
        ("1 GiB of the PASID", Descriptor.PasidPages(Domain, Pasid, StructureFixture.Input & ~0x3FFF_FFFFUL, 18), true, false),
        ("another GiB of the PASID", Descriptor.PasidPages(Domain, Pasid, 1UL << 55, 18), false, false),
        ("1 GiB of another PASID", Descriptor.PasidPages(Domain, new(6), StructureFixture.Input & ~0x3FFF_FFFFUL, 18), false, false),
        ("1 GiB of the PASID in another domain", Descriptor.PasidPages(new(8), Pasid, StructureFixture.Input & ~0x3FFF_FFFFUL, 18), false, false),
        ("contexts", Descriptor.AllContexts, false, false),
        ("PASID entries", Descriptor.AllPasids, false, false),
    ];

    public static TheoryData<StructureKind, int> EveryLevel { get; } =
        [.. from kind in Enum.GetValues<StructureKind>() from level in (int[])[2, 3, 4, 5] select (kind, level)];

    public static TheoryData<StructureKind, int, string> EveryInvalidation { get; } =
    [
        .. from kind in (StructureKind[])[StructureKind.First, StructureKind.Second, StructureKind.Nested]
           from level in (int[])[2, 3, 4, 5]
           from invalidation in s_invalidations
           select (kind, level, invalidation.Name),
    ];

    [Theory]
    [MemberData(nameof(EveryLevel))]
    [Specification("6.2.5/1", "6.2.5.1/1", "6.2.5.2/1", "6.2.5.3/1", "6.2.5.4/1", "6.2.5.4/7", "6.2.7/3")]
    public void A_cached_entry_is_used_unchanged(StructureKind kind, int level)
    {
        using StructureFixture fixture = StructureFixture.Changed(kind, level);

        Assert.True(fixture.IsCached());
    }

    [Theory]
    [MemberData(nameof(EveryLevel))]
    [Specification("6.2.5/2")]
    public void A_unit_without_structure_caches_reads_the_tables(StructureKind kind, int level)
    {
        using StructureFixture fixture = StructureFixture.Changed(kind, level, UnitFixture.Options with { StructureCapacity = 0 });

        Assert.False(fixture.IsCached());
    }

    [Theory]
    [MemberData(nameof(EveryInvalidation))]
    [Specification("6.5.2.3/5", "6.5.2.4/4")]
    public void An_invalidation_removes_the_entries_of_its_row(StructureKind kind, int level, string name)
    {
        using StructureFixture fixture = StructureFixture.Changed(kind, level);
        (_, Descriptor descriptor, bool first, bool second) = s_invalidations.Single(invalidation => invalidation.Name == name);

        fixture.Fixture.Submit(descriptor);

        Assert.Equal(fixture.IsFirstStage ? first : second, !fixture.IsCached());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Specification("6.5.1.2/5", "11.4.6.4/3")]
    public void IH_of_IVA_keeps_entries_of_upper_levels(bool hint)
    {
        using StructureFixture fixture = StructureFixture.Changed(StructureKind.Legacy);
        fixture.Fixture.Clear(1u << 26);
        fixture.Fixture.Registers.Write64(0x500, StructureFixture.Input | (hint ? Hint : 0));
        fixture.Fixture.Registers.Write64(0x508, 1UL << 63 | 3UL << 60 | (ulong)Domain.Value << 32);

        Assert.Equal(hint, fixture.IsCached());
    }

    [Theory]
    [InlineData(StructureKind.First)]
    [InlineData(StructureKind.Second)]
    [InlineData(StructureKind.Nested)]
    [Specification("6.5.3.1/6")]
    public void A_page_request_invalidates_the_entries_of_its_page(StructureKind kind)
    {
        using StructureFixture fixture = StructureFixture.Changed(kind);
        fixture.Fixture.Registers.Write64(0xD0, UnitFixture.Ring);
        fixture.Fixture.Unit.Receive(new PageRequestMessage(
            UnitFixture.Device, StructureFixture.Input, GroupIndex: 1, Read: true, Write: false, IsLast: true, new PasidPrefix(Pasid)));
        fixture.Fixture.RunBriefly();

        Assert.False(fixture.IsCached());
    }

    [Theory]
    [MemberData(nameof(EveryLevel))]
    public void Disabling_translation_invalidates_everything_in_scalable_mode(StructureKind kind, int level)
    {
        using StructureFixture fixture = StructureFixture.Changed(kind, level);
        fixture.Fixture.Clear(1u << 31);
        fixture.Fixture.Command(1u << 31);

        Assert.False(fixture.IsCached());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_new_root_table_invalidates_everything_with_ESRTPS(bool flushes)
    {
        using StructureFixture fixture = StructureFixture.Changed(StructureKind.First, options: UnitFixture.With(cap => cap with { SetRootTableFlushes = flushes }));
        fixture.Fixture.SetRoot(UnitFixture.Root | 1 << 10);

        Assert.Equal(!flushes, fixture.IsCached());
    }

    [Theory]
    [InlineData(StructureKind.First)]
    [InlineData(StructureKind.Second)]
    [InlineData(StructureKind.Nested)]
    [Specification("6.2.1/8")]
    public void Entries_are_found_by_domain_and_PASID_for_each_source(StructureKind kind)
    {
        using StructureFixture fixture = StructureFixture.Changed(kind);
        fixture.Fixture.SetContext(UnitFixture.OtherDevice, UnitFixture.PasidDirectory | UnitFixture.PasidEnable | 1);

        Assert.Equal(StructureFixture.Before, fixture.Output(fixture.Neighbour, UnitFixture.OtherDevice));
    }

    [Theory]
    [InlineData(StructureKind.First, true)]
    [InlineData(StructureKind.First, false)]
    [InlineData(StructureKind.Second, true)]
    [InlineData(StructureKind.Second, false)]
    [Specification("6.2.1/8", "6.2.5.5/3")]
    public void Entries_of_another_PASID_or_domain_are_no_match(StructureKind kind, bool otherDomain)
    {
        using StructureFixture fixture = StructureFixture.Changed(kind);
        Pasid pasid = otherDomain ? Pasid : new Pasid(9);
        DomainId domain = otherDomain ? new DomainId(8) : Domain;
        fixture.Fixture.SetPasid(pasid, fixture.Entry with { DomainId = domain });
        fixture.Fixture.Submit(Descriptor.AllPasids);

        // A second-stage entry is found by its domain alone.
        bool isMatch = kind == StructureKind.Second && domain == Domain;
        Assert.Equal(isMatch ? StructureFixture.Before : StructureFixture.After, fixture.Fixture.Output(DmaAccess.Read, fixture.Neighbour, new PasidPrefix(pasid)));
    }

    [Fact]
    [Specification("6.2.1/9")]
    public void Requests_without_a_PASID_find_entries_by_RID_PASID()
    {
        using StructureFixture fixture = StructureFixture.Of(StructureKind.First);
        fixture.Fixture.SetContext(UnitFixture.Device, UnitFixture.PasidDirectory | UnitFixture.PasidEnable | 1, Pasid.Value);
        fixture.Fixture.Output(DmaAccess.Read, StructureFixture.Input);
        fixture.Change();

        Assert.Equal(StructureFixture.Before, fixture.Fixture.Output(DmaAccess.Read, fixture.Neighbour));
    }

    [Theory]
    [InlineData(StructureKind.First, FaultReason.FirstStageEntryNotPresent)]
    [InlineData(StructureKind.Second, FaultReason.SecondStageEntryNotPresent)]
    [InlineData(StructureKind.Nested, FaultReason.FirstStageEntryNotPresent)]
    [Specification("6.2.5.4/3", "6.2.5.5/1")]
    public void An_entry_that_is_not_present_is_not_cached(StructureKind kind, FaultReason expected)
    {
        using StructureFixture fixture = StructureFixture.Of(kind);
        ulong entry = fixture[2];
        fixture[2] = 0;
        Assert.Equal(expected, fixture.Fault(DmaAccess.Read, StructureFixture.Input));
        fixture[2] = entry;

        Assert.Equal(StructureFixture.Before, fixture.Output(StructureFixture.Input));
    }

    [Theory]
    [InlineData(StructureKind.First, FaultReason.FirstStageEntryReserved)]
    [InlineData(StructureKind.Second, FaultReason.SecondStageEntryReserved)]
    [Specification("6.2.5.4/3", "6.2.5.5/1")]
    public void An_entry_with_a_reserved_bit_is_not_cached(StructureKind kind, FaultReason expected)
    {
        using StructureFixture fixture = StructureFixture.Of(kind);
        fixture[2] |= 1UL << 50;
        Assert.Equal(expected, fixture.Fault(DmaAccess.Read, StructureFixture.Input));
        fixture[2] &= ~(1UL << 50);

        Assert.Equal(StructureFixture.Before, fixture.Output(StructureFixture.Input));
    }

    [Theory]
    [MemberData(nameof(EveryLevel))]
    [Specification("6.2.5.4/6")]
    public void An_entry_is_cached_although_no_page_below_it_is_mapped(StructureKind kind, int level)
    {
        using StructureFixture fixture = StructureFixture.Of(kind, level);
        fixture[1] = 0;
        Assert.NotEqual(FaultReason.None, fixture.Fault(DmaAccess.Read, StructureFixture.Input));
        fixture.Change();

        Assert.True(fixture.IsCached());
    }

    [Theory]
    [InlineData(StructureKind.First)]
    [InlineData(StructureKind.Second)]
    [Specification("6.2.5.4/8")]
    public void An_entry_that_maps_a_page_is_not_cached(StructureKind kind)
    {
        using StructureFixture fixture = StructureFixture.Of(kind);
        ulong link = fixture[2];
        fixture[2] = 0x80_0000 | EntryBits.PageSize | 0b111;
        Assert.Equal(0x80_0000UL | StructureFixture.Input & 0x1F_FFFF, fixture.Output(StructureFixture.Input));
        fixture[2] = link;
        fixture.Fixture.EnableQueue();
        fixture.Fixture.Submit(kind == StructureKind.First
            ? Descriptor.PasidPages(Domain, Pasid, StructureFixture.Input, 9).WithHint()
            : Descriptor.Pages(Domain, StructureFixture.Input, 9).WithHint());

        Assert.Equal(StructureFixture.Before, fixture.Output(StructureFixture.Input));
    }

    [Theory]
    // The clear bit of the top entry, the request that needs the bit, and the fault.
    [InlineData(StructureKind.First, 0b010UL, DmaAccess.Write, FaultReason.ScalableWriteDenied)]
    [InlineData(StructureKind.First, 0b100UL, DmaAccess.Read, FaultReason.UserDenied)]
    [InlineData(StructureKind.Second, 0b10UL, DmaAccess.Write, FaultReason.ScalableWriteDenied)]
    [InlineData(StructureKind.Second, 0b01UL, DmaAccess.Read, FaultReason.ScalableReadDenied)]
    [InlineData(StructureKind.Nested, 0b010UL, DmaAccess.Write, FaultReason.ScalableWriteDenied)]
    [Specification("6.2.5.4/2")]
    public void A_cached_entry_has_the_rights_of_all_upper_levels(StructureKind kind, ulong right, DmaAccess access, FaultReason expected)
    {
        using StructureFixture fixture = StructureFixture.Of(kind);
        ulong entry = fixture[4];
        fixture[4] = entry & ~right;
        Assert.Equal(expected, fixture.Fault(access, StructureFixture.Input));
        fixture[4] = entry;

        // Software adds a right to the entry without an invalidation (VT-d 6.5.3.5 allows this only if devices handle page faults).
        Assert.Equal(expected, fixture.Fault(access, fixture.Neighbour));
    }

    [Theory]
    [InlineData(StructureKind.First, EntryBits.Accessed)]
    [InlineData(StructureKind.Nested, EntryBits.Accessed)]
    [Specification("6.2.5.4/5")]
    public void A_is_set_before_an_entry_is_cached(StructureKind kind, ulong accessed)
    {
        using StructureFixture fixture = StructureFixture.Changed(kind);

        Assert.All((int[])[2, 3, 4], level => Assert.Equal(level == 2 ? 0 : accessed, fixture[level] & accessed));
        Assert.True(fixture.IsCached());
    }

    [Fact]
    [Specification("6.2.5.4/4")]
    public void A_guest_entry_is_not_cached_before_its_table_can_be_read()
    {
        using SpaceFixture nested = SpaceFixture.OfBothStages();
        ulong table = nested.First[SpaceFixture.Input, 2] & ~0xFFFUL;
        nested.Second[table] = 0;
        Assert.Equal(FaultReason.SecondStageEntryNotPresent, nested.Fault(DmaAccess.Read));

        // Another table of the guest, which can be read, replaces the table.
        nested.First[SpaceFixture.Input, 2] = SpaceFixture.GuestPage | EntryBits.User;
        Assert.Equal(FaultReason.FirstStageEntryNotPresent, nested.Fault(DmaAccess.Read));
    }

    [Theory]
    [InlineData(StructureKind.First)]
    [InlineData(StructureKind.Second)]
    public void Caches_are_bounded(StructureKind kind)
    {
        const int Capacity = 4;
        using StructureFixture fixture = StructureFixture.Of(kind, options: UnitFixture.Options with { StructureCapacity = Capacity });
        for (ulong region = 0; region < 64; region++)
            fixture.Fault(DmaAccess.Read, StructureFixture.Input ^ region << 21);

        UnitCaches caches = fixture.Fixture.Unit.Parts.Caches;
        StructureCache cache = (kind == StructureKind.First ? caches.FirstStageStructures : caches.SecondStageStructures)!;
        Assert.InRange(cache.Count, 1, 4 * Capacity);
    }
}
