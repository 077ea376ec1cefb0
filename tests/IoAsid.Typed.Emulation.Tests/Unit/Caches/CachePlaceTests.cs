using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>The positions of cached entries: replacement, removal and count.</summary>
public sealed class CachePlaceTests
{
    private static readonly DomainId Domain = new(7);

    [Fact]
    public void A_full_set_replaces_its_entries_in_turn()
    {
        TranslationCache cache = Filled(4);
        Add(cache, 5);
        Add(cache, 6);

        Assert.Equal([3, 4, 5, 6], PagesIn(cache));
    }

    [Fact]
    public void A_free_place_is_used_before_an_entry_is_replaced()
    {
        TranslationCache cache = Filled(4);
        cache.InvalidatePages(Domain, new Pasid(5), 2 << 12, shift: 12);
        Add(cache, 5);

        Assert.Equal([1, 3, 4, 5], PagesIn(cache));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_page_is_cached_once(ulong page)
    {
        TranslationCache cache = Filled(4);
        Add(cache, page, output: 0x70_0000);

        Assert.Equal([1, 2, 3, 4], PagesIn(cache));
        Assert.Equal(0x70_0000UL, cache.Find(Tag, page << 12).Output);
        cache.InvalidatePages(Domain, new Pasid(5), page << 12, shift: 12);
        Assert.Equal(3, cache.Count);
    }

    [Fact]
    public void An_invalidation_of_a_page_leaves_the_others_of_its_set()
    {
        TranslationCache cache = Filled(4);
        cache.InvalidatePages(Domain, new Pasid(5), 3 << 12, shift: 12);

        Assert.Equal([1, 2, 4], PagesIn(cache));
    }

    [Fact]
    public void A_cleared_cache_works_like_a_new_one()
    {
        TranslationCache cache = Filled(4);
        cache.Clear();
        Assert.Equal((0, 0), (cache.Count, PagesIn(cache).Length));

        Add(cache, 1);
        Add(cache, 2);
        Assert.Equal(2, cache.Count);
        cache.InvalidatePages(Domain, new Pasid(5), 1 << 12, shift: 12);

        Assert.Equal([2], PagesIn(cache));
    }

    [Fact]
    public void Domain_0_has_no_special_meaning()
    {
        TranslationCache cache = new(8);
        Add(cache, 1, domain: new DomainId(0));
        Add(cache, 2);
        cache.InvalidateDomain(new DomainId(0));

        Assert.Equal((1, 2UL), (cache.Count, PagesIn(cache).Single()));
        StructureCache structures = new(4);
        AddStructure(structures, new DomainId(0), 0);
        AddStructure(structures, Domain, 1UL << 21);
        structures.InvalidateDomain(new DomainId(0));

        Assert.Equal(1, structures.Count);
    }

    [Fact]
    public void A_paging_entry_is_counted_once()
    {
        StructureCache cache = new(4);
        AddStructure(cache, Domain, 0);
        AddStructure(cache, Domain, 0);

        Assert.Equal(1, cache.Count);
    }

    [Fact]
    public void A_removal_leaves_the_other_paging_entries_of_the_level()
    {
        StructureCache cache = new(4);
        AddStructure(cache, Domain, 0);
        AddStructure(cache, Domain, 1UL << 21);
        cache.InvalidatePages(Domain, new Pasid(5), 0, shift: 12);

        Assert.Equal((false, true), (IsFound(cache, 0), IsFound(cache, 1UL << 21)));
    }

    [Fact]
    public void A_walk_does_not_begin_above_its_levels()
    {
        StructureCache cache = new(4);
        StructureTag tag = new(Domain, new Pasid(5));
        cache.Add(tag, 0, new CachedStructure(0x20_0000, 0x20_0000, EntryRights.All, level: 5));

        Assert.False(System.Runtime.CompilerServices.Unsafe.IsNullRef(in cache.Find(tag, 0, levels: 5)));
        Assert.True(System.Runtime.CompilerServices.Unsafe.IsNullRef(in cache.Find(tag, 0, levels: 4)));
    }

    [Fact]
    public void A_cleared_structure_cache_finds_no_old_entry()
    {
        StructureCache cache = new(4);
        AddStructure(cache, Domain, 0);
        cache.Clear();
        Assert.Equal(0, cache.Count);
        AddStructure(cache, Domain, 1UL << 21);

        Assert.Equal((false, true), (IsFound(cache, 0), IsFound(cache, 1UL << 21)));
    }

    private static TranslationTag Tag => new(UnitFixture.Device, new PasidPrefix(new Pasid(5)));

    // Four entries are one set.
    private static TranslationCache Filled(ulong pages)
    {
        TranslationCache cache = new(4);
        for (ulong page = 1; page <= pages; page++)
            Add(cache, page);
        return cache;
    }

    private static void Add(TranslationCache cache, ulong page, ulong output = 0x50_0000, DomainId? domain = null) => cache.Add(
        Tag, page << 12, new CachedTranslation(output, new Pasid(5), domain ?? Domain, new PageDetails(level: 1, firstStageLevel: 1, PageRights.Read | PageRights.User)));

    private static ulong[] PagesIn(TranslationCache cache) => [.. new ulong[] { 1, 2, 3, 4, 5, 6 }.Where(page => IsFound(cache, page))];

    private static bool IsFound(TranslationCache cache, ulong page) =>
        !System.Runtime.CompilerServices.Unsafe.IsNullRef(in cache.Find(Tag, page << 12));

    private static bool IsFound(StructureCache cache, ulong address) =>
        !System.Runtime.CompilerServices.Unsafe.IsNullRef(in cache.Find(new StructureTag(Domain, new Pasid(5)), address, levels: 4));

    private static void AddStructure(StructureCache cache, DomainId domain, ulong address) =>
        cache.Add(new StructureTag(domain, new Pasid(5)), address, new CachedStructure(0x20_0000, 0x20_0000, EntryRights.All, level: 2));
}
