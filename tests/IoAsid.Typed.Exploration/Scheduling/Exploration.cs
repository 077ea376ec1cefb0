using System.Globalization;
using Microsoft.Coyote;
using Microsoft.Coyote.Logging;
using Microsoft.Coyote.SystematicTesting;

namespace IoAsid.Typed.Exploration.Scheduling;

/// <summary>
/// Runs a small concurrent program many times, each time under another interleaving of its interlocked, volatile and lock operations that the
/// test engine decides. A failing interleaving is reported with its stack.
/// </summary>
/// <remarks>
/// <c>IOASID_EXPLORATION_ITERATIONS</c> (default 150) is the number of interleavings that each strategy tries per scenario.
/// <c>IOASID_EXPLORATION_SEED</c> (default 1) selects the interleavings. Two runs with one seed differ in some of them, so a rare failure needs more iterations to be found again.
/// </remarks>
internal static class Exploration
{
    private static readonly uint Iterations = Setting("IOASID_EXPLORATION_ITERATIONS", 150);
    private static readonly uint Seed = Setting("IOASID_EXPLORATION_SEED", 1);

    /// <summary>Fails if the scenario fails an assertion, throws, or deadlocks under some interleaving.</summary>
    /// <param name="scenario">The program. It creates everything that it uses.</param>
    /// <param name="share">The divisor of the number of iterations, for a program of many steps.</param>
    public static void Of(Func<Task> scenario, uint share = 1)
    {
        // Few switches at random places find the bugs that need one thread to stand still at one point. Frequent switches find the other bugs.
        // A thread that has priority while it waits for another thread would wait permanently, so the first strategy stops after a limit of steps.
        Run(scenario, Limited(share).WithMaxSchedulingSteps(3000).WithPrioritizationStrategy(isFair: false, priorityChangeBound: 2));
        Run(scenario, Limited(share).WithMaxSchedulingSteps(50_000).WithFailureOnMaxStepsBoundEnabled().WithProbabilisticStrategy(probabilityLevel: 3));
        Run(scenario, Limited(share).WithMaxSchedulingSteps(50_000).WithFailureOnMaxStepsBoundEnabled().WithProbabilisticStrategy(probabilityLevel: 5));
    }

    private static void Run(Func<Task> scenario, Configuration configuration)
    {
        using TestingEngine engine = TestingEngine.Create(configuration, scenario);
        engine.Run();
        Assert.True(engine.TestReport.NumOfFoundBugs == 0, string.Join('\n', engine.TestReport.BugReports));
    }

    private static Configuration Limited(uint share) => Configuration.Create()
        .WithTestingIterations(Math.Max(1, Iterations / share))
        .WithRandomGeneratorSeed(Seed)
        .WithLockAccessRaceCheckingEnabled()
        .WithNoBugTraceRepro()
        .WithTelemetryEnabled(false)
        .WithConsoleLoggingEnabled(false)
        .WithVerbosityEnabled(VerbosityLevel.None);

    private static uint Setting(string variable, uint otherwise) =>
        uint.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out uint set) ? set : otherwise;
}
