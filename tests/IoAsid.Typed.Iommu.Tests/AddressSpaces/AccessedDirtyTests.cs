using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>Hardware sets bits in entries between any two accesses of the processor; none of them is lost.</summary>
public sealed class AccessedDirtyTests
{
    private const ulong Page = ProcessBench.Page;
    private const ulong Large = ProcessBench.Large;
    private const int SmallPages = 64;
    private const int LargePages = 8;
    private const int Visits = 500;
    private const ulong FirstSmall = ProcessBench.Base + LargePages * Large;

    // Half of the changed pages are pieces of a large page.
    private static readonly AddressRange Changed = new(FirstSmall - SmallPages * Page, 2 * SmallPages * Page);

    public static TheoryData<ulong> Seeds { get; } = [.. Enumerable.Range(1, 20).Select(seed => (ulong)seed)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Bits_that_hardware_sets_survive_accesses_changes_of_rights_and_cuts_of_large_pages(ulong seed)
    {
        ProcessBench bench = new(seed);
        bench.Process.Map(LargePages * Large, MemoryRights.ReadWrite, ProcessBench.Base, largePages: true);
        bench.Process.Map(SmallPages * Page, MemoryRights.ReadWrite, FirstSmall);
        Hardware hardware = new(bench);

        bench.Machine.Run(() => Live(bench, hardware));

        Assert.All(hardware.Dirtied, hardware.Check);
        Assert.NotEmpty(hardware.Dirtied);
    }

    private static async Task Live(ProcessBench bench, Hardware hardware)
    {
        for (ulong page = ProcessBench.Base; page <= Changed.Last; page += page < FirstSmall ? Large : Page)
            Assert.Equal(PageFaultOutcome.Handled, await bench.Process.HandleFaultAsync(page, MemoryRights.Write));
        // Not the last large page: pieces of one that was written are dirty from the start, and nothing could be lost.
        hardware.Start(Visits, ProcessBench.Base, LargePages - 1, Large);
        for (ulong page = ProcessBench.Base; page < FirstSmall; page += Large)
            await bench.Process.ProtectAsync(AddressRange.PageOf(page), MemoryRights.Read);
        hardware.Start(Visits, FirstSmall, SmallPages, Page);
        for (ulong page = FirstSmall; page <= Changed.Last; page += Page)
            await bench.Process.ReadUInt64Async(page);
        // Pieces of the last large page.
        hardware.Start(Visits, Changed.Start, SmallPages, Page);
        for (int round = 0; !hardware.IsDone; round++)
        {
            await bench.Process.ProtectAsync(Changed, round % 2 == 0 ? MemoryRights.Read : MemoryRights.None);
            await bench.Process.ProtectAsync(Changed, MemoryRights.ReadWrite);
            await bench.Machine.Scheduler.Yield();
        }
    }

    /// <summary>A walker that uses a page that is there and may be written, in a step of hardware.</summary>
    private sealed class Hardware(ProcessBench bench)
    {
        private int _visits;
        private Func<SeededRandom, ulong> _choose = _ => ProcessBench.Base;

        public HashSet<ulong> Dirtied { get; } = [];

        public bool IsDone => _visits == 0;

        /// <summary>Uses so many pages of some, one in each step.</summary>
        public void Start(int visits, ulong first, int pages, ulong size)
        {
            _choose = random => first + (ulong)random.Below(pages) * size;
            if (IsDone)
                Post();
            _visits = visits;
        }

        // Looked at before a page is used again, too: the use would set a bit again that was lost.
        public void Check(ulong page) => Assert.True(
            bench.LeafOf(page).Has(RawTables.Accessed | RawTables.Dirty), $"0x{page:X} lost its bits");

        private void Visit()
        {
            ulong page = _choose(bench.Machine.Scheduler.Random);
            if (bench.LeafOf(page).Has(RawTables.Present | RawTables.Writable))
                Use(page);
            if (--_visits > 0)
                Post();
        }

        private void Post() => bench.Machine.Scheduler.Hardware.Post(Visit);

        private void Use(ulong page)
        {
            if (!Dirtied.Add(page))
                Check(page);
            RawTables.Leaf leaf = bench.LeafOf(page);
            bench.Machine.PhysicalMemory.WriteUInt64(leaf.Place, leaf.Entry | RawTables.Accessed | RawTables.Dirty);
        }
    }
}
