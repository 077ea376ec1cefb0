namespace IoAsid.Typed.Emulation.Tests;

/// <summary>
/// A PASID is given to another address space while requests of the old one sit in the fabric, in the unit or in the ring. Only the whole drain keeps
/// lives apart (VT-d 7.10, Linux intel_iommu_drain_pasid_prq); each step that is left out shows, for some order of events.
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
        EmptyRing = 1 << 5,
        All = PasidCache | Iotlb | DeviceTlb | Wait | PageRequestDrain | EmptyRing,
    }

    [Fact]
    [Specification("7.11/1")]
    public void The_whole_drain_keeps_the_lives_of_a_PASID_apart_whatever_the_order_of_events()
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
    [InlineData(Steps.EmptyRing)]
    [Specification("7.10/1")]
    public void A_drain_without_one_of_its_steps_fails_for_some_order_of_events(Steps left) =>
        Assert.Contains(Enumerable.Range(1, Seeds), seed => HarmOf(Steps.All & ~left, (ulong)seed).Count > 0);

    private static IReadOnlyList<Finding> HarmOf(Steps steps, ulong seed)
    {
        CheckedBench bench = new(seed);
        bench.Scheduler.Run(async () =>
        {
            bench.SendWrite();
            await bench.Wait(drainPageRequests: false);
            bench.SendPageRequest(group: 1);
            bench.SendWrite();

            // So many that some are still unwritten when a wait that does not drain them is complete.
            for (int group = 2; group <= 24; group++)
                bench.SendPageRequest(group);

            bench.ClearEntry();
            await DrainAsync(bench, steps);

            bench.SetNewEntry();
            bench.UseFrame(CheckedBench.OldFrame);
            bench.SendWrite();
        });
        bench.Scheduler.Run();
        bench.EmptyRing();
        bench.Scheduler.Run();
        return [.. bench.Checker.Harmful];
    }

    private static async Task DrainAsync(CheckedBench bench, Steps steps)
    {
        if (steps.HasFlag(Steps.PasidCache))
            bench.InvalidatePasidCache();
        if (steps.HasFlag(Steps.Iotlb))
            bench.InvalidateIotlb();
        if (steps.HasFlag(Steps.DeviceTlb))
            bench.InvalidateDeviceTlb();
        ValueTask<bool> wait = bench.Wait(steps.HasFlag(Steps.PageRequestDrain));
        if (steps.HasFlag(Steps.Wait))
            Assert.True(await wait);
        if (!steps.HasFlag(Steps.EmptyRing))
            return;

        // The answers have to be on their way, too, before the PASID means something else.
        bench.EmptyRing();
        Assert.True(await bench.Wait(drainPageRequests: false));
    }
}
