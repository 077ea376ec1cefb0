using System.Collections.Immutable;
using IoAsid.Typed.Benchmarks.Ratios;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace IoAsid.Typed.Benchmarks.Analyzers;

/// <summary>The cost of an analyzer.</summary>
/// <param name="Ids">The ids of the rules that the analyzer reports.</param>
/// <param name="Milliseconds">The execution time of the analyzer in each turn, as the analyzer driver of the compiler counts it.</param>
internal sealed record RuleTime(string Ids, Sample Milliseconds);

/// <summary>The times of contestants that run in turn on one compilation. Each turn binds its symbols and operations again, so no contestant profits from an earlier one.</summary>
internal static class RuleTimes
{
    // The number of turns after which the just-in-time compiler has optimized the code of each contestant.
    private const int WarmUps = 4;
    internal const int Rounds = 5;

    /// <returns>The analyzers' times, in the order of the contestants.</returns>
    public static async Task<ImmutableArray<RuleTime>[]> MeasureAsync(
        Compilation compilation, ImmutableArray<Contestant> contestants, int warmUps = WarmUps, int rounds = Rounds)
    {
        List<double[]>[] turns = [.. contestants.Select(_ => new List<double[]>())];
        for (int round = -warmUps; round < rounds; round++)
        {
            for (int contestant = 0; contestant < contestants.Length; contestant++)
            {
                double[] times = await TurnAsync(compilation, contestants[contestant]);
                if (round >= 0)
                    turns[contestant].Add(times);
            }
        }

        return [.. contestants.Zip(turns, Samples)];
    }

    private static async Task<double[]> TurnAsync(Compilation compilation, Contestant contestant)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        CompilationWithAnalyzersOptions options = new(
            contestant.Options, onAnalyzerException: null, concurrentAnalysis: false, logAnalyzerExecutionTime: true);
        AnalysisResult result = await compilation.WithAnalyzers(contestant.Analyzers, options).GetAnalysisResultAsync(CancellationToken.None);
        ThrowIfCrashed(result);
        return [.. contestant.Analyzers.Select(analyzer => result.AnalyzerTelemetryInfo[analyzer].ExecutionTime.TotalMilliseconds)];
    }

    private static void ThrowIfCrashed(AnalysisResult result)
    {
        if (result.GetAllDiagnostics().FirstOrDefault(found => found.Id.StartsWith("AD", StringComparison.Ordinal)) is { } crash)
            throw new InvalidOperationException(crash.GetMessage());
    }

    private static IEnumerable<string> IdsOf(DiagnosticAnalyzer analyzer) => analyzer is DiagnosticSuppressor suppressor
        ? suppressor.SupportedSuppressions.Select(suppression => suppression.Id)
        : analyzer.SupportedDiagnostics.Select(rule => rule.Id);

    private static ImmutableArray<RuleTime> Samples(Contestant contestant, List<double[]> turns) =>
    [
        .. contestant.Analyzers.Select((analyzer, index) => new RuleTime(
            string.Join(", ", IdsOf(analyzer).Distinct().Order(StringComparer.Ordinal)),
            new Sample(turns.Select(turn => turn[index])))),
    ];
}
