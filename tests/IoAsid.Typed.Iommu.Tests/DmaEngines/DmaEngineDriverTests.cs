using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>Work for the DMA engine through its portals.</summary>
public sealed class DmaEngineDriverTests
{
    private const int Senders = 24;

    [Theory]
    [InlineData(1, true)]
    [InlineData(Senders, false)]
    public void A_shared_queue_without_room_is_asked_again_and_that_is_counted(int depth, bool isFull) => IommuBench.Run(
        10,
        async bench =>
        {
            TestProcess process = bench.CreateProcess();
            SvaBond bond = await bench.Subsystem.Sva.BindAsync(bench.Devices[0], process.Memory);

            DmaCompletionRecord[] records = await Task.WhenAll(Enumerable.Range(0, Senders).Select(
                page => process.FillAsync(bench.Drivers[0], bond, page, pages: 1, pattern: 1).AsTask()));

            Assert.All(records, record => Assert.Equal(DmaStatus.Success, record.Status));
            Assert.Equal(isFull, bench.Drivers[0].Retries > 0);
            await bench.UnbindAllAsync([bond]);
            await process.Memory.ExitAsync();
            await bench.AssertReclaimedAsync();
        },
        new BenchOptions { Engine = new DmaEngineOptions { QueueDepth = depth } });
}
