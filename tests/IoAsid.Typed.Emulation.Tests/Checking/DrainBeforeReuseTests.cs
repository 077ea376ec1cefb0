namespace IoAsid.Typed.Emulation.Tests;

/// <summary>
/// The assignment of a PASID to another address space while page requests of the old one are in the fabric, in the unit or in the page request queue. Only the
/// complete drain separates the lives (VT-d 7.10, Linux 6.12 <c>intel_iommu_drain_pasid_prq</c>). Without any one step it fails for some seed.
/// </summary>
public sealed class DrainBeforeReuseTests
{
    private const int Seeds = 150;

    /// <summary>The steps of a drain, in order.</summary>
    [Flags]
    public enum Steps
    {
        None = 0,
        PasidCache = 1 << 0,
        Iotlb = 1 << 1,
        DeviceTlb = 1 << 2,
        Wait = 1 << 3,
        PageRequestDrain = 1 << 4,
        EmptyQueue = 1 << 5,
        All = PasidCache | Iotlb | DeviceTlb | Wait | PageRequestDrain | EmptyQueue,
    }

    [Fact]
    [Specification("7.11/1")]
    public void Complete_drain_separates_the_lives_of_a_PASID()
    {
        for (ulong seed = 0; seed < Seeds; seed++)
        {
            IReadOnlyList<Finding> harm = HarmOf(Steps.All, seed);
            Assert.True(harm.Count == 0, $"seed {seed}: {string.Join(' ', harm)}");
        }
    }

    [Theory]
    [InlineData(Steps.PasidCache)]
    [InlineData(Steps.Iotlb)]
    [InlineData(Steps.DeviceTlb)]
    [InlineData(Steps.Wait)]
    [InlineData(Steps.PageRequestDrain)]
    [InlineData(Steps.EmptyQueue)]
    [Specification("7.10/1")]
    public void Drain_without_one_step_fails_for_some_seed(Steps left) =>
        Assert.Contains(Enumerable.Range(1, Seeds), seed => HarmOf(Steps.All & ~left, (ulong)seed).Count > 0);

    private static IReadOnlyList<Finding> HarmOf(Steps steps, ulong seed)
    {
        CheckerFixture fixture = new(seed);
        fixture.Scheduler.Run(async () =>
        {
            fixture.SendWrite();
            await fixture.Wait(drainPageRequests: false);
            fixture.SendPageRequest(group: 1);
            fixture.SendWrite();

            // The number of requests is so high that some are not in the queue when a wait without page request drain completes.
            for (int group = 2; group <= 24; group++)
                fixture.SendPageRequest(group);

            fixture.ClearEntry();
            await DrainAsync(fixture, steps);

            fixture.SetNewEntry();
            fixture.UseFrame(CheckerFixture.OldFrame);
            fixture.SendWrite();
        });
        fixture.Scheduler.Run();
        fixture.EmptyQueue();
        fixture.Scheduler.Run();
        return [.. fixture.Checker.Harmful];
    }

    private static async Task DrainAsync(CheckerFixture fixture, Steps steps)
    {
        if (steps.HasFlag(Steps.PasidCache))
            fixture.InvalidatePasidCache();
        if (steps.HasFlag(Steps.Iotlb))
            fixture.InvalidateIotlb();
        if (steps.HasFlag(Steps.DeviceTlb))
            fixture.InvalidateDeviceTlb();
        ValueTask<bool> wait = fixture.Wait(steps.HasFlag(Steps.PageRequestDrain));
        if (steps.HasFlag(Steps.Wait))
            Assert.True(await wait);
        if (!steps.HasFlag(Steps.EmptyQueue))
            return;

        // The responses must be sent before the PASID is reused.
        fixture.EmptyQueue();
        Assert.True(await fixture.Wait(drainPageRequests: false));
    }
}
