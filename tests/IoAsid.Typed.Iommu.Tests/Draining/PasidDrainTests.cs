namespace IoAsid.Typed.Iommu.Tests;

/// <summary>What a drain finds in the ring when no interrupt has told of it.</summary>
public sealed class PasidDrainTests
{
    private const ulong Pattern = 0x7777_0000_1111_2222;

    /// <summary>While requests are lost none comes in: what the wait of the drain pushed ahead of it may be among them.</summary>
    [Fact]
    [Specification("7.10/1")]
    public void A_drain_that_finds_that_requests_were_lost_begins_again() => IommuBench.Run(
        seeds: 2,
        async bench =>
        {
            TestProcess process = bench.CreateProcess();
            List<SvaBond> bonds = await bench.BindAllAsync(process);
            bench.MaskPageRequestInterrupt(masked: true);
            for (int device = 0; device < bonds.Count; device++)
            {
                for (int part = 0; part < 4; part++)
                    await bench.Drivers[device].SubmitAsync(IommuBench.SharedQueue, bonds[device].Pasid, process.Fill(part * 16, 16, Pattern));
            }

            await bench.Machine.Scheduler.Delay(TimeSpan.FromMilliseconds(1));
            QueueTrace trace = new(bench);
            trace.Take();

            await bench.UnbindAllAsync(bonds, abort: true);

            Assert.Equal(1, bench.Subsystem.Units[0].Statistics.PageRequestOverflows);
            Assert.Equal(bonds.Count + 1, trace.Take().Count(words => words == "wait, drain page requests"));
            bench.MaskPageRequestInterrupt(masked: false);
            await process.Memory.ExitAsync();
            await bench.AssertReclaimedAsync();
        },
        BenchOptions.Overflowing);
}
