using IoAsid.Typed.Benchmarks.Ratios;
using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;
using Samples;

namespace IoAsid.Typed.Benchmarks.Emulation;

/// <summary>The traffic through the unit: data, invalidations and page requests. The rows have no goals.</summary>
internal static class TrafficRatios
{
    private const int Block = 64 << 10;

    public static void Measure(RatioTable table)
    {
        foreach ((int level, string size) in ((int, string)[])[(1, "4 KB pages"), (2, "2 MB pages"), (3, "1 GB pages")])
            MeasureDma(table, level, size);

        MeasureInvalidations(table);
        MeasurePageRequests(table);
    }

    private static void MeasureDma(RatioTable table, int level, string size)
    {
        (BenchUnit bench, _) = Mapped(level);
        byte[] data = new byte[Block];
        DmaRequest request = TranslationRatios.Request(new Pasid(1), 0);
        Sample[] times = Interleaved.Nanoseconds(
            count => Repeat(count, () => bench.Unit.Write(request, data)),
            count => Repeat(count, () => bench.Memory.TryWrite(4UL << 30, data)));
        table.Add(new("DMA write of 64 KB", size, times[0], "the same write to memory", times[1], Goal: null));
    }

    private static void MeasureInvalidations(RatioTable table)
    {
        (BenchUnit bench, _) = Mapped(level: 1);
        DmaRequest request = TranslationRatios.Request(new Pasid(1), 0);
        Bits256 page = new PasidIotlbInvalidation { Granularity = PasidIotlbGranularity.Page, DomainId = new DomainId(1), Pasid = new Pasid(1), Address = 0 }.Bits;
        Bits256 all = new PasidIotlbInvalidation { Granularity = PasidIotlbGranularity.Pasid, DomainId = new DomainId(1), Pasid = new Pasid(1) }.Bits;
        Bits256 wait = new InvalidationWait { StatusWrite = true, StatusData = 1, StatusAddress = bench.Pages.Allocate() }.Bits;
        Sample[] times = Interleaved.Nanoseconds(
            count => Repeat(count, () => Submitted(wait)),
            count => Repeat(count, () => Refill(page)),
            count => Repeat(count, () => Refill(all)));
        table.Add(new("invalidation wait with status write", "", times[0], "", Theirs: null, Goal: null));
        table.Add(new("page invalidation, and the walk after it", "", times[1], "the wait alone", times[0], Goal: null));
        table.Add(new("PASID invalidation, and the walk after it", "", times[2], "the wait alone", times[0], Goal: null));

        bool Submitted(Bits256 descriptor)
        {
            bench.Submit(descriptor);
            return true;
        }

        bool Refill(Bits256 descriptor)
        {
            bench.Submit(descriptor);
            return bench.Unit.Translate(request).PageShift > 0;
        }
    }

    private static void MeasurePageRequests(RatioTable table)
    {
        (BenchUnit bench, _) = Mapped(level: 1);
        IRegisterBlock registers = bench.Unit.Registers;
        Sample[] times = Interleaved.Nanoseconds(count =>
        {
            for (int i = 0; i < count; i++)
            {
                bench.Unit.Receive(new PageRequestMessage(
                    BenchUnit.Device, (ulong)i << BenchUnit.PageShift, i & 511, Read: true, Write: false, IsLast: true, new PasidPrefix(new Pasid(1))));
                if ((i & 63) == 63)
                    Drain(bench.Scheduler, registers);
            }

            Drain(bench.Scheduler, registers);
        });
        table.Add(new("page request, from the fabric into the ring", $"{1e9 / times[0].Median:0} a second", times[0], "", Theirs: null, Goal: null));
    }

    private static void Drain(SeededScheduler scheduler, IRegisterBlock registers)
    {
        scheduler.Run();
        registers.Write32(RegisterOffsets.PageRequestStatus, 1);
        registers.Write64(RegisterOffsets.PageRequestQueueHead, registers.Read64(RegisterOffsets.PageRequestQueueTail));
    }

    private static (BenchUnit Bench, PageTables Tables) Mapped(int level)
    {
        BenchUnit bench = new();
        PageTables tables = bench.UsedTables(firstStage: true);
        ulong step = TranslationTables.PageSizeOf(level);
        for (ulong input = 0; input < Block; input += step)
            tables.Map(input, (4UL << 30) + input, level);

        bench.SetPasid(new Pasid(1), new PasidEntry { GrantType = PasidGrantType.FirstStage, DomainId = new DomainId(1), FirstStageTable = tables.Top });
        return (bench, tables);
    }

    private static void Repeat<T>(int count, Func<T> body)
    {
        for (int i = 0; i < count; i++)
            body();
    }
}
