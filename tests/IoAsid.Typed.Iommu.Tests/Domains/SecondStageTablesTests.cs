using CsCheck;
using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>Second-stage tables, compared with a dictionary of pages by raw bits.</summary>
public sealed class SecondStageTablesTests
{
    private const ulong Page = AddressRange.PageSize;
    private const ulong Large = 0x20_0000;
    private const ulong Huge = 0x4000_0000;
    private const ulong Read = 1;
    private const ulong Write = 2;

    private readonly SparseMemory _memory = new(new MemoryRange(0, 0x1000_0000));
    private readonly FrameAllocator _frames;

    public SecondStageTablesTests() => _frames = new FrameAllocator(_memory, _memory.Ram);

    [Theory]
    [InlineData(AddressWidth.Bits39, 3)]
    [InlineData(AddressWidth.Bits48, 4)]
    [InlineData(AddressWidth.Bits57, 5)]
    public void The_width_determines_the_levels_and_the_range(AddressWidth width, int levels)
    {
        SecondStageTables tables = new(_memory, _frames, width);
        ulong last = (1UL << width.Bits()) - Page;

        tables.Map(new AddressRange(last, Page), 0x7000, MemoryRights.ReadWrite);

        Assert.Equal(levels, tables.TablePages);
        Assert.Equal([last], RawTables.Of(_memory, tables.Root, levels).Leaves.Keys);
        Assert.True(tables.TryTranslate(last, out _));
        Assert.False(tables.TryTranslate(last + (1UL << width.Bits()), out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => tables.Map(new AddressRange(last, 2 * Page), 0x7000, MemoryRights.ReadWrite));
        Assert.Throws<ArgumentOutOfRangeException>(() => tables.Map(new AddressRange(0, Page), 0, MemoryRights.Execute));
        tables.Free();
        Assert.Equal(0, _frames.InUse);
    }

    [Fact]
    public async Task The_count_of_tables_follows_splits_and_removals()
    {
        SecondStageTables tables = new(_memory, _frames, AddressWidth.Bits48, largePages: 1);
        tables.Map(new AddressRange(0, Large), 0, MemoryRights.Read);
        Assert.Equal(3, tables.TablePages);
        await tables.UnmapAsync(new AddressRange(0, Page), (_, _) => ValueTask.CompletedTask);
        Assert.Equal(4, tables.TablePages);
        await tables.UnmapAsync(new AddressRange(Page, Large - Page), (_, _) => ValueTask.CompletedTask);
        Assert.Equal((1, 1L), (tables.TablePages, _frames.InUse));
        tables.Free();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_page_of_1_GiB_is_split_into_pages_of_2_MiB(bool firstStage)
    {
        DomainTables tables = firstStage
            ? new FirstStageTables(_memory, _frames, AddressWidth.Bits48, hugePages: true, presetsAccessedDirty: false, setsAddressWidth: false)
            : new SecondStageTables(_memory, _frames, AddressWidth.Bits48, largePages: 3);
        tables.Map(new AddressRange(0, Huge), 0, MemoryRights.ReadWrite);
        await tables.UnmapAsync(new AddressRange(0, Page), (_, _) => ValueTask.CompletedTask);

        foreach (ulong address in (ulong[])[Page, Large, Huge - Page])
            Assert.Equal((true, address), (tables.TryTranslate(address, out ulong physical), physical));
        Assert.False(tables.TryTranslate(0, out _));
        tables.Free();
    }

    [Theory]
    [InlineData(0, 0UL, 0UL, Large, 512)]
    [InlineData(1, 0UL, 0UL, Large, 1)]
    [InlineData(2, 0UL, 0UL, Large, 512)]
    [InlineData(1, 0UL, Page, Large, 512)]
    [InlineData(1, Page, Page, 2 * Large, 511 + 1 + 1)]
    [InlineData(1, 0UL, 0UL, Huge, 512)]
    [InlineData(3, 0UL, 0UL, Huge, 1)]
    [InlineData(3, 0UL, Large, Huge, 512)]
    public void Pages_are_as_large_as_alignment_and_capability_allow(int capability, ulong address, ulong physical, ulong length, int leaves)
    {
        SecondStageTables tables = new(_memory, _frames, AddressWidth.Bits48, capability);

        tables.Map(new AddressRange(address, length), physical, MemoryRights.Read);

        RawTables raw = RawTables.Of(_memory, tables.Root, 4);
        Assert.Equal(leaves, raw.Leaves.Count);
        Assert.All(raw.Leaves, leaf => Assert.Equal(physical + leaf.Key - address, leaf.Value.Physical));
        Assert.All(raw.Leaves.Values, leaf => Assert.True(leaf.Has(Read) && !leaf.Has(Write)));
        Assert.True(tables.TryTranslate(address + length - 1, out ulong last));
        Assert.Equal(physical + length - 1, last);
        Assert.False(tables.TryTranslate(address + length, out _));
    }

    [Fact]
    public void Maps_and_unmaps_in_any_order_agree_with_the_model() =>
        Gen.Select(Gen.Bool, Gen.Int[0, 1200], Gen.OneOf(Gen.Int[1, 8], Gen.Int[400, 1100]), Gen.Int[0, 2].Select(kind => kind * 256))
            .Array[1, 30].Sample(moves =>
            {
                FrameAllocator frames = new(_memory, _memory.Ram);
                SecondStageTables tables = new(_memory, frames, AddressWidth.Bits48, 1);
                SortedDictionary<ulong, ulong> model = [];
                foreach ((bool isMap, int first, int length, int shift) in moves)
                {
                    AddressRange range = new((ulong)first * Page, (ulong)length * Page);
                    if (isMap)
                        Map(tables, model, range, range.Start + (ulong)shift * Page);
                    else
                        Unmap(tables, model, range);
                    Check(tables, model, frames);
                }

                tables.Free();
                Assert.Equal(0, frames.InUse);
            }, iter: 80, threads: 1);

    [Fact]
    public void Tables_are_freed_after_the_invalidation_and_never_if_it_fails()
    {
        SecondStageTables tables = new(_memory, _frames, AddressWidth.Bits48);
        tables.Map(new AddressRange(0, Page), 0, MemoryRights.ReadWrite);
        long full = _frames.InUse;

        Synchronous.Complete(tables.UnmapAsync(new AddressRange(0, Page), Looking));
        Assert.Equal(1, _frames.InUse);

        tables.Map(new AddressRange(0, Page), 0, MemoryRights.ReadWrite);
        Assert.Throws<TimeoutException>(() => Synchronous.Complete(tables.UnmapAsync(new AddressRange(0, Page), (_, _) => throw new TimeoutException())));
        Assert.Equal((full, 3L), (_frames.InUse, tables.LeakedFrames));

        ValueTask Looking(AddressRange range, bool onlyLeaves)
        {
            Assert.Equal(new AddressRange(0, Page), range);
            Assert.False(onlyLeaves);
            Assert.False(tables.TryTranslate(0, out _));
            Assert.Equal(full, _frames.InUse);
            return default;
        }
    }

    [Fact]
    public void An_allocation_that_fails_changes_nothing()
    {
        int failures = FailEach(tables => tables.Map(new AddressRange(Huge - Page, 2 * Page), 0, MemoryRights.Read))
            + FailEach(tables => Synchronous.Complete(tables.UnmapAsync(new AddressRange(2 * Huge + Page, Large), (_, _) => default)));

        // Two tables of the lowest level and one of the middle level, then one of the middle level and two of the lowest.
        Assert.True(failures >= 6);
    }

    [Fact]
    public void A_mapped_address_is_not_mapped_again()
    {
        SecondStageTables tables = new(_memory, _frames, AddressWidth.Bits48, 3);
        tables.Map(new AddressRange(3 * Page, Page), 0, MemoryRights.Read);
        string before = RawTables.Of(_memory, tables.Root, 4).ToString();

        foreach (ulong length in (ulong[])[4 * Page, Large, Huge])
            Assert.Equal(IommuError.Busy, Assert.Throws<IommuException>(() => tables.Map(new AddressRange(0, length), 0, MemoryRights.Read)).Error);

        Assert.Equal(before, RawTables.Of(_memory, tables.Root, 4).ToString());
    }

    private int FailEach(Action<SecondStageTables> operation)
    {
        for (int index = 0; ; index++)
        {
            int allocations = 0;
            FrameAllocator frames = new(_memory, _memory.Ram);
            SecondStageTables tables = new(_memory, frames, AddressWidth.Bits48, 3);
            tables.Map(new AddressRange(2 * Huge, Huge), 0, MemoryRights.ReadWrite);
            string before = RawTables.Of(_memory, tables.Root, 4).ToString();
            long inUse = frames.InUse;
            frames.InjectFaults(() => allocations++ == index);
            if (Record.Exception(() => operation(tables)) is not IommuException { Error: IommuError.NoMemory })
                return index;
            Assert.Equal((before, inUse), (RawTables.Of(_memory, tables.Root, 4).ToString(), frames.InUse));
        }
    }

    private static void Map(SecondStageTables tables, SortedDictionary<ulong, ulong> model, AddressRange range, ulong physical)
    {
        if (PagesOf(range).Any(model.ContainsKey))
        {
            Assert.Throws<IommuException>(() => tables.Map(range, physical, MemoryRights.ReadWrite));
            return;
        }

        tables.Map(range, physical, MemoryRights.ReadWrite);
        foreach (ulong page in PagesOf(range))
            model.Add(page, physical + page - range.Start);
    }

    private static void Unmap(SecondStageTables tables, SortedDictionary<ulong, ulong> model, AddressRange range)
    {
        Synchronous.Complete(tables.UnmapAsync(range, (_, _) => default));
        foreach (ulong page in PagesOf(range))
            model.Remove(page);
    }

    private void Check(SecondStageTables tables, SortedDictionary<ulong, ulong> model, FrameAllocator frames)
    {
        RawTables raw = RawTables.Of(_memory, tables.Root, 4);
        Assert.Equal(
            model.Select(page => (page.Key, page.Value)),
            raw.Leaves.SelectMany(leaf => PagesOf(new AddressRange(leaf.Key, leaf.Value.Size)).Select(page => (page, leaf.Value.Physical + page - leaf.Key))));
        Assert.All(raw.Leaves.Values, leaf => Assert.True(leaf.Has(Read | Write)));
        Assert.Equal((raw.Tables, raw.Tables), (frames.InUse, tables.TablePages));
    }

    private static IEnumerable<ulong> PagesOf(AddressRange range)
    {
        for (ulong at = range.Start; at <= range.Last; at += Page)
            yield return at;
    }
}
