using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>A process's own pointers on a device (DOMAIN: native SVA), whatever the order of events.</summary>
public sealed class NativeSvaTests
{
    private const int Seeds = 25;
    private const ulong Pattern = 0x0123_4567_89AB_CDEF;

    [Fact]
    public void A_device_writes_to_pages_that_were_never_touched() => IommuBench.Run(Seeds, async bench =>
    {
        TestProcess process = bench.CreateProcess();
        await using (SvaBond bond = await bench.Subsystem.Sva.BindAsync(bench.Devices[0], process.Memory))
        {
            DmaCompletionRecord record = await process.FillAsync(bench.Drivers[0], bond, page: 3, pages: 5, Pattern);

            Assert.Equal(DmaStatus.Success, record.Status);
            Assert.Equal(Pattern, await process.WordAsync(7));
            await bench.Drivers[0].StopAsync(bond.Pasid);
        }

        await process.Memory.ExitAsync();
    });
}
