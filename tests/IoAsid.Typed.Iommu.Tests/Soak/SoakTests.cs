using System.Globalization;
using CsCheck;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>
/// Processes, guests and devices do everything at once, with faults injected everywhere. A failure prints its plan, shrunk. For as long as asked: set
/// <c>IOASID_SOAK_SECONDS</c>.
/// </summary>
public sealed class SoakTests
{
    private const int Plans = 70;
    private const int LongestPlan = 150;
    private const string Seed = "0000000000000";

    [Fact]
    public void Whatever_happens_nothing_is_used_after_its_end_nothing_is_lost_and_everything_comes_back()
    {
        SoakTally tally = default;

        SoakPlan.UpTo(LongestPlan).Sample(
            plan => tally += SoakWorld.Run(plan),
            iter: Plans,
            time: Seconds,
            threads: 1,
            seed: Seconds > 0 ? null : Seed,
            print: plan => plan.ToString(),
            writeLine: TestContext.Current.TestOutputHelper!.WriteLine);

        TestContext.Current.TestOutputHelper!.WriteLine(tally.ToString());
        Assert.True(
            tally is { Binds: > 0, Refusals: > 0, PageRequests: > 0, TooLate: > 0, Overflows: > 0, Timeouts: > 0, Forwarded: > 0 },
            $"Too little happened: {tally}");
    }

    private static int Seconds =>
        int.TryParse(Environment.GetEnvironmentVariable("IOASID_SOAK_SECONDS"), NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) ? seconds : -1;
}
