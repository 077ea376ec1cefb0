using System.Collections.Immutable;
using System.Globalization;
using IoAsid.Typed.Analyzers;
using IoAsid.Typed.Benchmarks.Ratios;
using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Benchmarks.Analyzers;

/// <summary><c>analyzers [--sources DIR] [--json FILE]</c>: measures the cost of all rules, one by one and together, against BannedApiAnalyzers.</summary>
internal static class AnalyzerCommand
{
    private const double Goal = 0.25;
    private const double GoalWithoutSdk = 1;
    private const double GoalHardlyUsed = 0.01;
    private const double GoalInTransitional = 0.02;
    private const double GoalOfEdit = 50;
    private const int Structures = 100;

    public static async Task<int> RunAsync(string? folderOfSources, string? jsonFile)
    {
        RatioTable table = new(Console.Out, MeasuringMachine.Current);
        await MeasureAsync(table, folderOfSources is null ? CodeBase.Generate() : CodeBase.Read(folderOfSources));
        if (folderOfSources is null)
        {
            await MeasureWithoutSdkAsync(table);
            await MeasureHardlyUsedAsync(table);
            await MeasureEditAsync(table);
            MeasureGenerator(table);
        }

        table.Summarise();
        if (jsonFile is not null)
            table.WriteJson(jsonFile);

        return 0;
    }

    private static async Task MeasureAsync(RatioTable table, CodeBase code)
    {
        ImmutableArray<Contestant> contestants = [Contestant.OurRules(), Contestant.BannedApis(), Contestant.OurRulesOneByOne()];
        ImmutableArray<RuleTime>[] times = await RuleTimes.MeasureAsync(code.Compile(), contestants);
        ImmutableArray<RuleTime> ours = times[0];
        Sample theirs = Sum(times[1]);
        string size = Size(code);
        foreach (RuleTime rule in times[2].OrderByDescending(rule => rule.Milliseconds.Median))
            table.Add(new($"{rule.Ids} alone", size, rule.Milliseconds, contestants[1].Name, theirs, Goal: null));

        table.Add(new("all rules", size, Sum(ours), contestants[1].Name, theirs, Goal));
    }

    private static async Task MeasureWithoutSdkAsync(RatioTable table)
    {
        CodeBase code = CodeBase.GenerateWithoutSdk();
        ImmutableArray<RuleTime>[] times = await RuleTimes.MeasureAsync(code.Compile(), [Contestant.OurRules()]);
        table.Add(new("all rules, SDK never named", Size(code), Sum(times[0]), "", Theirs: null, GoalWithoutSdk));
    }

    private static async Task MeasureHardlyUsedAsync(RatioTable table)
    {
        CodeBase code = CodeBase.GenerateHardlyUsing();
        Compilation compilation = code.Compile();
        ImmutableArray<RuleTime>[] times = await RuleTimes.MeasureAsync(compilation, [Contestant.OurRules()]);
        Sample compile = CompileTimes.Measure(code);
        table.Add(new("all rules, SDK hardly used", Size(code), Sum(times[0]), "compilation", compile, GoalHardlyUsed));

        // Only the stage Transitional enables this rule. The other rules cost the same in each stage.
        Contestant rule = Contestant.OfTransitional();
        CompilationOptions options = compilation.Options.WithSpecificDiagnosticOptions([KeyValuePair.Create(DiagnosticIds.LooksUntyped, ReportDiagnostic.Info)]);
        times = await RuleTimes.MeasureAsync(compilation.WithOptions(options), [rule]);
        table.Add(new($"{DiagnosticIds.LooksUntyped}, stage Transitional", Size(code), Sum(times[0]), "compilation", compile, GoalInTransitional));
    }

    private static void MeasureGenerator(RatioTable table)
    {
        (int lines, Sample times) = GeneratorTimes.Measure(Structures);
        table.Add(new($"generator, one edit among {Structures} layouts", Size(lines), times, "", Theirs: null, GoalOfEdit));
    }

    private static async Task MeasureEditAsync(RatioTable table)
    {
        (CodeBase code, int file) = CodeBase.GenerateWithLongFile();
        table.Add(new("all rules, one edit in a file of 1,000 lines", Size(code), await EditTimes.MeasureAsync(code.Compile(), file, Contestant.OurRules()), "", Theirs: null, GoalOfEdit));
    }

    private static Sample Sum(IEnumerable<RuleTime> rules) => Sample.Sum(rules.Select(rule => rule.Milliseconds));

    private static string Size(CodeBase code) => Size(code.Lines);

    private static string Size(int lines) => string.Create(CultureInfo.InvariantCulture, $"{lines} lines, ms");
}
