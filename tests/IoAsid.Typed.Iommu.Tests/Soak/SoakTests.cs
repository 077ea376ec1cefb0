using System.Globalization;
using CsCheck;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>
/// Processes, guests and devices run all operations at the same time, with injected faults. By default the plans are always the same. With
/// <c>IOASID_SOAK_SECONDS</c>, random plans run for that time, and a failed plan is shrunk.
/// </summary>
public sealed class SoakTests
{
    private const int Plans = 70;
    private const int LongestPlan = 150;
    private const ulong Seed = 20_190_619;

    [Fact]
    public void Random_operations_use_nothing_after_its_end_and_lose_nothing()
    {
        SoakTally tally = Seconds > 0 ? RunOthers() : RunTheSame();

        TestContext.Current.TestOutputHelper?.WriteLine(tally.ToString());
        Assert.True(
            tally is { Binds: > 0, Refusals: > 0, PageRequests: > 0, TooLate: > 0, Overflows: > 0, Timeouts: > 0, Forwarded: > 0 },
            $"Too little happened: {tally}");
    }

    private static SoakTally RunTheSame()
    {
        SoakTally tally = default;
        PCG numbers = new(0, Seed);
        for (int number = 0; number < Plans; number++)
            tally += Run(SoakPlan.UpTo(LongestPlan).Generate(numbers, min: null, out _));
        return tally;
    }

    private static SoakTally RunOthers()
    {
        SoakTally tally = default;
        SoakPlan.UpTo(LongestPlan).Sample(plan => tally += SoakWorld.Run(plan), iter: Plans, time: Seconds, threads: 1, print: plan => plan.ToString());
        return tally;
    }

    private static SoakTally Run(SoakPlan plan)
    {
        try
        {
            return SoakWorld.Run(plan);
        }
        catch (Exception failure)
        {
            throw new InvalidOperationException($"{plan}: {failure.Message}", failure);
        }
    }

    private static int Seconds =>
        int.TryParse(Environment.GetEnvironmentVariable("IOASID_SOAK_SECONDS"), NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) ? seconds : -1;
}
