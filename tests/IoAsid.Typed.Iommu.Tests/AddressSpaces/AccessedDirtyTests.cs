using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>Hardware sets bits in entries between any two accesses of the processor, and no bit is lost.</summary>
public sealed class AccessedDirtyTests
{
    private const ulong Page = ProcessFixture.Page;
    private const ulong Large = ProcessFixture.Large;
    private const int SmallPages = 64;
    private const int LargePages = 8;
    private const int Visits = 500;
    private const ulong FirstSmall = ProcessFixture.Base + LargePages * Large;

    // Half of the changed pages are parts of a large page.
    private static readonly AddressRange Changed = new(FirstSmall - SmallPages * Page, 2 * SmallPages * Page);

    public static TheoryData<ulong> Seeds { get; } = [.. Enumerable.Range(1, 20).Select(seed => (ulong)seed)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Bits_that_hardware_sets_survive_accesses_rights_changes_and_splits(ulong seed)
    {
        ProcessFixture fixture = new(seed);
        fixture.Process.Map(LargePages * Large, MemoryRights.ReadWrite, ProcessFixture.Base, largePages: true);
        fixture.Process.Map(SmallPages * Page, MemoryRights.ReadWrite, FirstSmall);
        Hardware hardware = new(fixture);

        fixture.Machine.Run(() => Live(fixture, hardware));

        Assert.All(hardware.Dirtied, hardware.Check);
        Assert.NotEmpty(hardware.Dirtied);
    }

    private static async Task Live(ProcessFixture fixture, Hardware hardware)
    {
        for (ulong page = ProcessFixture.Base; page <= Changed.Last; page += page < FirstSmall ? Large : Page)
            Assert.Equal(PageFaultOutcome.Handled, await fixture.Process.HandleFaultAsync(page, MemoryRights.Write));
        // Except the last large page. The parts of a written page are dirty from the start, so a lost bit would not be noticed.
        hardware.Start(Visits, ProcessFixture.Base, LargePages - 1, Large);
        for (ulong page = ProcessFixture.Base; page < FirstSmall; page += Large)
            await fixture.Process.ProtectAsync(AddressRange.PageOf(page), MemoryRights.Read);
        hardware.Start(Visits, FirstSmall, SmallPages, Page);
        for (ulong page = FirstSmall; page <= Changed.Last; page += Page)
            await fixture.Process.ReadUInt64Async(page);
        // Parts of the last large page.
        hardware.Start(Visits, Changed.Start, SmallPages, Page);
        for (int round = 0; !hardware.IsDone; round++)
        {
            await fixture.Process.ProtectAsync(Changed, round % 2 == 0 ? MemoryRights.Read : MemoryRights.None);
            await fixture.Process.ProtectAsync(Changed, MemoryRights.ReadWrite);
            await fixture.Machine.Scheduler.Yield();
        }
    }

    /// <summary>A walker that uses a present page if the page is writable, in a step of hardware.</summary>
    private sealed class Hardware(ProcessFixture fixture)
    {
        private int _visits;
        private Func<SeededRandom, ulong> _choose = _ => ProcessFixture.Base;

        public HashSet<ulong> Dirtied { get; } = [];

        public bool IsDone => _visits == 0;

        /// <summary>Starts visits of random pages, one in each step.</summary>
        public void Start(int visits, ulong first, int pages, ulong size)
        {
            _choose = random => first + (ulong)random.Below(pages) * size;
            if (IsDone)
                Post();
            _visits = visits;
        }

        // The bits are also checked before a page is used again, because the use would set a lost bit again.
        public void Check(ulong page) => Assert.True(
            fixture.LeafOf(page).Has(RawTables.Accessed | RawTables.Dirty), $"0x{page:X} lost its bits");

        private void Visit()
        {
            ulong page = _choose(fixture.Machine.Scheduler.Random);
            if (fixture.LeafOf(page).Has(RawTables.Present | RawTables.Writable))
                Use(page);
            if (--_visits > 0)
                Post();
        }

        private void Post() => fixture.Machine.Scheduler.Hardware.Post(Visit);

        private void Use(ulong page)
        {
            if (!Dirtied.Add(page))
                Check(page);
            RawTables.Leaf leaf = fixture.LeafOf(page);
            fixture.Machine.PhysicalMemory.WriteUInt64(leaf.EntryAddress, leaf.Entry | RawTables.Accessed | RawTables.Dirty);
        }
    }
}
