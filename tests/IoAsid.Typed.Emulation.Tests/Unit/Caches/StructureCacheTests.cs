using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>
/// The paging-structure caches (VT-d 6.2.5): the walks that fill them, the lookups, and the invalidations (VT-d Tables 23, 24 and 27).
/// </summary>
public sealed class StructureCacheTests
{
    private const ulong Hint = 1 << 6;
    private static readonly DomainId Domain = StructureBench.Domain;
    private static readonly Pasid Pasid = StructureBench.Pasid;

    private static readonly (string Name, Descriptor Descriptor, bool First, bool Second)[] s_invalidations =
    [
        ("global", Descriptor.AllTranslations, true, true),
        ("domain", Descriptor.Domain(Domain), true, true),
        ("another domain", Descriptor.Domain(new(8)), false, false),
        ("page of the domain", Descriptor.Pages(Domain, StructureBench.Input), true, true),
        ("page of the domain, IH", Descriptor.Pages(Domain, StructureBench.Input).WithHint(), true, false),
        ("another page of the domain", Descriptor.Pages(Domain, 1UL << 55), true, false),
        ("page of another domain", Descriptor.Pages(new(8), StructureBench.Input), false, false),
        ("2 MiB of the domain", Descriptor.Pages(Domain, StructureBench.Input & ~0x1F_FFFFUL, 9), true, true),
        ("1 GiB of the domain", Descriptor.Pages(Domain, StructureBench.Input & ~0x3FFF_FFFFUL, 18), true, true),
        ("another GiB of the domain", Descriptor.Pages(Domain, 1UL << 55, 18), true, false),
        ("PASID", Descriptor.Pasid(Domain, Pasid), true, false),
        ("another PASID", Descriptor.Pasid(Domain, new(6)), false, false),
        ("PASID of another domain", Descriptor.Pasid(new(8), Pasid), false, false),
        ("page of the PASID", Descriptor.PasidPages(Domain, Pasid, StructureBench.Input), true, false),
        ("page of the PASID, IH", Descriptor.PasidPages(Domain, Pasid, StructureBench.Input).WithHint(), false, false),
        ("another page of the PASID", Descriptor.PasidPages(Domain, Pasid, 1UL << 55), false, false),
        ("page of another PASID", Descriptor.PasidPages(Domain, new(6), StructureBench.Input), false, false),
        ("1 GiB of the PASID", Descriptor.PasidPages(Domain, Pasid, StructureBench.Input & ~0x3FFF_FFFFUL, 18), true, false),
        ("another GiB of the PASID", Descriptor.PasidPages(Domain, Pasid, 1UL << 55, 18), false, false),
        ("1 GiB of another PASID", Descriptor.PasidPages(Domain, new(6), StructureBench.Input & ~0x3FFF_FFFFUL, 18), false, false),
        ("1 GiB of the PASID in another domain", Descriptor.PasidPages(new(8), Pasid, StructureBench.Input & ~0x3FFF_FFFFUL, 18), false, false),
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
        using StructureBench bench = StructureBench.Changed(kind, level);

        Assert.True(bench.IsCached());
    }

    [Theory]
    [MemberData(nameof(EveryLevel))]
    [Specification("6.2.5/2")]
    public void A_unit_without_structure_caches_reads_the_tables(StructureKind kind, int level)
    {
        using StructureBench bench = StructureBench.Changed(kind, level, UnitBench.Options with { StructureCapacity = 0 });

        Assert.False(bench.IsCached());
    }

    [Theory]
    [MemberData(nameof(EveryInvalidation))]
    [Specification("6.5.2.3/5", "6.5.2.4/4")]
    public void An_invalidation_removes_the_entries_of_its_row(StructureKind kind, int level, string name)
    {
        using StructureBench bench = StructureBench.Changed(kind, level);
        (_, Descriptor descriptor, bool first, bool second) = s_invalidations.Single(invalidation => invalidation.Name == name);

        bench.Bench.Submit(descriptor);

        Assert.Equal(bench.IsFirstStage ? first : second, !bench.IsCached());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Specification("6.5.1.2/5", "11.4.6.4/3")]
    public void IH_of_IVA_keeps_entries_of_upper_levels(bool hint)
    {
        using StructureBench bench = StructureBench.Changed(StructureKind.Legacy);
        bench.Bench.Clear(1u << 26);
        bench.Bench.Registers.Write64(0x500, StructureBench.Input | (hint ? Hint : 0));
        bench.Bench.Registers.Write64(0x508, 1UL << 63 | 3UL << 60 | (ulong)Domain.Value << 32);

        Assert.Equal(hint, bench.IsCached());
    }

    [Theory]
    [InlineData(StructureKind.First)]
    [InlineData(StructureKind.Second)]
    [InlineData(StructureKind.Nested)]
    [Specification("6.5.3.1/6")]
    public void A_page_request_invalidates_the_entries_of_its_page(StructureKind kind)
    {
        using StructureBench bench = StructureBench.Changed(kind);
        bench.Bench.Registers.Write64(0xD0, UnitBench.Ring);
        bench.Bench.Unit.Receive(new PageRequestMessage(
            UnitBench.Device, StructureBench.Input, GroupIndex: 1, Read: true, Write: false, IsLast: true, new PasidPrefix(Pasid)));
        bench.Bench.RunBriefly();

        Assert.False(bench.IsCached());
    }

    [Theory]
    [MemberData(nameof(EveryLevel))]
    public void Disabling_translation_invalidates_everything_in_scalable_mode(StructureKind kind, int level)
    {
        using StructureBench bench = StructureBench.Changed(kind, level);
        bench.Bench.Clear(1u << 31);
        bench.Bench.Command(1u << 31);

        Assert.False(bench.IsCached());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_new_root_table_invalidates_everything_with_ESRTPS(bool flushes)
    {
        using StructureBench bench = StructureBench.Changed(StructureKind.First, options: UnitBench.With(cap => cap with { SetRootTableFlushes = flushes }));
        bench.Bench.SetRoot(UnitBench.Root | 1 << 10);

        Assert.Equal(!flushes, bench.IsCached());
    }

    [Theory]
    [InlineData(StructureKind.First)]
    [InlineData(StructureKind.Second)]
    [InlineData(StructureKind.Nested)]
    [Specification("6.2.1/8")]
    public void Entries_are_found_by_domain_and_PASID_for_each_source(StructureKind kind)
    {
        using StructureBench bench = StructureBench.Changed(kind);
        bench.Bench.SetContext(UnitBench.OtherDevice, UnitBench.PasidDirectory | UnitBench.PasidEnable | 1);

        Assert.Equal(StructureBench.Before, bench.Output(bench.Neighbour, UnitBench.OtherDevice));
    }

    [Theory]
    [InlineData(StructureKind.First, true)]
    [InlineData(StructureKind.First, false)]
    [InlineData(StructureKind.Second, true)]
    [InlineData(StructureKind.Second, false)]
    [Specification("6.2.1/8", "6.2.5.5/3")]
    public void Entries_of_another_PASID_or_domain_are_no_match(StructureKind kind, bool otherDomain)
    {
        using StructureBench bench = StructureBench.Changed(kind);
        Pasid pasid = otherDomain ? Pasid : new Pasid(9);
        DomainId domain = otherDomain ? new DomainId(8) : Domain;
        bench.Bench.SetPasid(pasid, bench.Entry with { DomainId = domain });
        bench.Bench.Submit(Descriptor.AllPasids);

        // A second-stage entry is found by its domain alone.
        bool isMatch = kind == StructureKind.Second && domain == Domain;
        Assert.Equal(isMatch ? StructureBench.Before : StructureBench.After, bench.Bench.Output(DmaAccess.Read, bench.Neighbour, new PasidPrefix(pasid)));
    }

    [Fact]
    [Specification("6.2.1/9")]
    public void Requests_without_a_PASID_find_entries_by_RID_PASID()
    {
        using StructureBench bench = StructureBench.Of(StructureKind.First);
        bench.Bench.SetContext(UnitBench.Device, UnitBench.PasidDirectory | UnitBench.PasidEnable | 1, Pasid.Value);
        bench.Bench.Output(DmaAccess.Read, StructureBench.Input);
        bench.Change();

        Assert.Equal(StructureBench.Before, bench.Bench.Output(DmaAccess.Read, bench.Neighbour));
    }

    [Theory]
    [InlineData(StructureKind.First, FaultReason.FirstStageEntryNotPresent)]
    [InlineData(StructureKind.Second, FaultReason.SecondStageEntryNotPresent)]
    [InlineData(StructureKind.Nested, FaultReason.FirstStageEntryNotPresent)]
    [Specification("6.2.5.4/3", "6.2.5.5/1")]
    public void An_entry_that_is_not_present_is_not_cached(StructureKind kind, FaultReason expected)
    {
        using StructureBench bench = StructureBench.Of(kind);
        ulong entry = bench[2];
        bench[2] = 0;
        Assert.Equal(expected, bench.Fault(DmaAccess.Read, StructureBench.Input));
        bench[2] = entry;

        Assert.Equal(StructureBench.Before, bench.Output(StructureBench.Input));
    }

    [Theory]
    [InlineData(StructureKind.First, FaultReason.FirstStageEntryReserved)]
    [InlineData(StructureKind.Second, FaultReason.SecondStageEntryReserved)]
    [Specification("6.2.5.4/3", "6.2.5.5/1")]
    public void An_entry_with_a_reserved_bit_is_not_cached(StructureKind kind, FaultReason expected)
    {
        using StructureBench bench = StructureBench.Of(kind);
        bench[2] |= 1UL << 50;
        Assert.Equal(expected, bench.Fault(DmaAccess.Read, StructureBench.Input));
        bench[2] &= ~(1UL << 50);

        Assert.Equal(StructureBench.Before, bench.Output(StructureBench.Input));
    }

    [Theory]
    [MemberData(nameof(EveryLevel))]
    [Specification("6.2.5.4/6")]
    public void An_entry_is_cached_although_no_page_below_it_is_mapped(StructureKind kind, int level)
    {
        using StructureBench bench = StructureBench.Of(kind, level);
        bench[1] = 0;
        Assert.NotEqual(FaultReason.None, bench.Fault(DmaAccess.Read, StructureBench.Input));
        bench.Change();

        Assert.True(bench.IsCached());
    }

    [Theory]
    [InlineData(StructureKind.First)]
    [InlineData(StructureKind.Second)]
    [Specification("6.2.5.4/8")]
    public void An_entry_that_maps_a_page_is_not_cached(StructureKind kind)
    {
        using StructureBench bench = StructureBench.Of(kind);
        ulong link = bench[2];
        bench[2] = 0x80_0000 | PageTables.PageSize | 0b111;
        Assert.Equal(0x80_0000UL | StructureBench.Input & 0x1F_FFFF, bench.Output(StructureBench.Input));
        bench[2] = link;
        bench.Bench.EnableQueue();
        bench.Bench.Submit(kind == StructureKind.First
            ? Descriptor.PasidPages(Domain, Pasid, StructureBench.Input, 9).WithHint()
            : Descriptor.Pages(Domain, StructureBench.Input, 9).WithHint());

        Assert.Equal(StructureBench.Before, bench.Output(StructureBench.Input));
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
        using StructureBench bench = StructureBench.Of(kind);
        ulong entry = bench[4];
        bench[4] = entry & ~right;
        Assert.Equal(expected, bench.Fault(access, StructureBench.Input));
        bench[4] = entry;

        // Software adds a right to the entry without an invalidation (VT-d 6.5.3.5 allows this only if devices handle page faults).
        Assert.Equal(expected, bench.Fault(access, bench.Neighbour));
    }

    [Theory]
    [InlineData(StructureKind.First, PageTables.Accessed)]
    [InlineData(StructureKind.Nested, PageTables.Accessed)]
    [Specification("6.2.5.4/5")]
    public void A_is_set_before_an_entry_is_cached(StructureKind kind, ulong accessed)
    {
        using StructureBench bench = StructureBench.Changed(kind);

        Assert.All((int[])[2, 3, 4], level => Assert.Equal(level == 2 ? 0 : accessed, bench[level] & accessed));
        Assert.True(bench.IsCached());
    }

    [Fact]
    [Specification("6.2.5.4/4")]
    public void A_guest_entry_is_not_cached_before_its_table_can_be_read()
    {
        using NestedBench nested = new();
        ulong table = nested.First[NestedBench.Input, 2] & ~0xFFFUL;
        nested.Second[table] = 0;
        Assert.Equal(FaultReason.SecondStageEntryNotPresent, nested.Fault(DmaAccess.Read));

        // Another table of the guest, which can be read, replaces the table.
        nested.First[NestedBench.Input, 2] = NestedBench.GuestPage | PageTables.User;
        Assert.Equal(FaultReason.FirstStageEntryNotPresent, nested.Fault(DmaAccess.Read));
    }

    [Theory]
    [InlineData(StructureKind.First)]
    [InlineData(StructureKind.Second)]
    public void Caches_are_bounded(StructureKind kind)
    {
        const int Capacity = 4;
        using StructureBench bench = StructureBench.Of(kind, options: UnitBench.Options with { StructureCapacity = Capacity });
        for (ulong region = 0; region < 64; region++)
            bench.Fault(DmaAccess.Read, StructureBench.Input ^ region << 21);

        UnitCaches caches = bench.Bench.Unit.Parts.Caches;
        StructureCache cache = (kind == StructureKind.First ? caches.FirstStageStructures : caches.SecondStageStructures)!;
        Assert.InRange(cache.Count, 1, 4 * Capacity);
    }
}
