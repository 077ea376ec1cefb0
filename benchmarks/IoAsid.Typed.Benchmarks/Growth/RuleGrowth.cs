using System.Collections.Immutable;
using System.Diagnostics;
using IoAsid.Typed.Benchmarks.Analyzers;
using IoAsid.Typed.Benchmarks.Ratios;
using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Benchmarks.Growth;

/// <summary>The time of all rules for 1,000 to 1,000,000 lines of code.</summary>
internal static class RuleGrowth
{
    private static readonly int[] Sizes = [1_000, 10_000, 100_000, 1_000_000];

    public static async Task<Chart> MeasureAsync()
    {
        ImmutableArray<Contestant> contestants = [Contestant.OurRules(), Contestant.BannedApis()];
        List<(double Size, double[] Costs)> costs = [];

        // The first measurement would include the just-in-time compilation of all code, so its result is ignored.
        await MeasureAsync(contestants, Sizes[1]);
        foreach (int lines in Sizes)
            costs.Add(await MeasureAsync(contestants, lines));

        string[] names = ["all rules", contestants[1].Name, "compilation"];
        return new(
            "growth-rules", "All rules over generated drivers", "lines of code", "milliseconds", 10,
            [.. names.Select((name, index) => new Curve(name, [.. costs.Select(cost => (cost.Size, cost.Costs[index]))]))]);
    }

    private static async Task<(double Lines, double[] Costs)> MeasureAsync(ImmutableArray<Contestant> contestants, int lines)
    {
        CodeBase code = CodeBase.Generate(lines);
        long started = Stopwatch.GetTimestamp();
        Compilation compilation = code.Compile();
        double compile = Stopwatch.GetElapsedTime(started).TotalMilliseconds;

        // A turn over a million lines takes minutes, and its times vary little.
        int turns = Math.Clamp(Sizes[^1] / lines, 1, RuleTimes.Rounds);
        ImmutableArray<RuleTime>[] times = await RuleTimes.MeasureAsync(compilation, contestants, warmUps: turns - 1, turns);
        return (code.Lines, [.. times.Select(rules => Sample.Sum(rules.Select(rule => rule.Milliseconds)).Median), compile]);
    }
}
