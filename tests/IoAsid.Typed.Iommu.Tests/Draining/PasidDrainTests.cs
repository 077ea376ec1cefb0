namespace IoAsid.Typed.Iommu.Tests;

/// <summary>Drains that read page requests without an interrupt.</summary>
public sealed class PasidDrainTests
{
    private const ulong Pattern = 0x7777_0000_1111_2222;

    /// <summary>
    /// During an overflow the unit adds no request to the ring. The lost requests may include those that the wait descriptor of the drain pushed ahead.
    /// </summary>
    [Fact]
    [Specification("7.10/1")]
    public void A_drain_is_repeated_if_the_page_request_queue_overflowed() => IommuFixture.Run(
        seeds: 2,
        async fixture =>
        {
            TestProcess process = fixture.CreateProcess();
            List<SvaBond> bonds = await fixture.BindAllAsync(process);
            fixture.MaskPageRequestInterrupt(masked: true);
            for (int device = 0; device < bonds.Count; device++)
            {
                for (int part = 0; part < 4; part++)
                    await fixture.Drivers[device].SubmitAsync(IommuFixture.SharedQueue, bonds[device].Pasid, process.Fill(part * 16, 16, Pattern));
            }

            await fixture.Machine.Scheduler.Delay(TimeSpan.FromMilliseconds(1));
            QueueTrace trace = new(fixture);
            trace.Take();

            await fixture.UnbindAllAsync(bonds, abort: true);

            Assert.Equal(1, fixture.Subsystem.Units[0].Statistics.PageRequestOverflows);
            Assert.Equal(bonds.Count + 1, trace.Take().Count(words => words == "wait, drain page requests"));
            fixture.MaskPageRequestInterrupt(masked: false);
            await process.Memory.ExitAsync();
            await fixture.AssertReclaimedAsync();
        },
        FixtureOptions.Overflowing);
}
