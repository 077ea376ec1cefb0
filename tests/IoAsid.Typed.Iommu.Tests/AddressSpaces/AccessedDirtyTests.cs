using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>Hardware sets bits in entries between any two accesses of the processor; none of them is lost.</summary>
public sealed class AccessedDirtyTests
{
    private const ulong Page = ProcessBench.Page;
    private const ulong Large = ProcessBench.Large;
    private const int Visits = 400;

    public static TheoryData<ulong> Seeds { get; } = [.. Enumerable.Range(1, 20).Select(seed => (ulong)seed)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Bits_that_hardware_sets_survive_changes_of_rights_and_cuts_of_large_pages(ulong seed)
    {
        ProcessBench bench = new(seed);
        bench.Process.Map(Large, MemoryRights.ReadWrite, ProcessBench.Base, largePages: true);
        bench.Process.Map(8 * Page, MemoryRights.ReadWrite, ProcessBench.Base + Large);
        Hardware hardware = new(bench);
        bench.Machine.Run(() => Live(bench, hardware));

        RawTables tables = bench.Tables;
        Assert.NotEmpty(hardware.Dirtied);
        Assert.All(hardware.Dirtied, page => Assert.True(tables.At(page)!.Has(RawTables.Accessed | RawTables.Dirty), $"0x{page:X} lost its bits"));
    }

    private static async Task Live(ProcessBench bench, Hardware hardware)
    {
        for (ulong page = 0; page < 8; page++)
            await bench.Process.HandleFaultAsync(ProcessBench.Base + Large + page * Page, MemoryRights.Write);
        await bench.Process.HandleFaultAsync(ProcessBench.Base, MemoryRights.Write);
        hardware.Start();
        for (ulong round = 0; !hardware.IsDone; round++)
        {
            MemoryRights rights = (round % 3) switch { 0 => MemoryRights.Read, 1 => MemoryRights.ReadWrite, _ => MemoryRights.None };
            await bench.Process.ProtectAsync(new AddressRange(ProcessBench.Base + Large - Page, 9 * Page), rights);
            await bench.Process.ProtectAsync(new AddressRange(ProcessBench.Base + Large - Page, 9 * Page), MemoryRights.ReadWrite);
            await bench.Machine.Scheduler.Yield();
        }
    }

    /// <summary>A walker that uses a page that is there and may be written, in a step of hardware.</summary>
    private sealed class Hardware(ProcessBench bench)
    {
        private int _visits;

        public HashSet<ulong> Dirtied { get; } = [];

        public bool IsDone => _visits == Visits;

        public void Start() => bench.Machine.Scheduler.Hardware.Post(Visit);

        private void Visit()
        {
            RawTables tables = bench.Tables;
            ulong[] usable = [.. tables.Leaves.Where(leaf => leaf.Value.Has(RawTables.Present | RawTables.Writable)).Select(leaf => leaf.Key)];
            if (usable.Length > 0)
                Use(tables, usable[usable.Length > 9 ? usable.Length - 1 - _visits % 9 : _visits % usable.Length]);
            if (++_visits < Visits)
                Start();
        }

        private void Use(RawTables tables, ulong page)
        {
            RawTables.Leaf leaf = tables.Leaves[page];
            SparseMemory memory = bench.Machine.PhysicalMemory;
            Assert.Equal(leaf.Entry, memory.CompareExchange(leaf.Place, leaf.Entry, leaf.Entry | RawTables.Accessed | RawTables.Dirty));
            Dirtied.Add(page);
        }
    }
}
