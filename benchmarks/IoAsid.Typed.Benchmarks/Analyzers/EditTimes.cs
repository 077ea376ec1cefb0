using System.Globalization;
using IoAsid.Typed.Benchmarks.Ratios;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace IoAsid.Typed.Benchmarks.Analyzers;

/// <summary>The delay of an editor after each edit of a file. All rules run on the edited file, in a new compilation that shares the other files.</summary>
internal static class EditTimes
{
    private const int WarmUps = 6;
    private const int Rounds = 11;

    /// <returns>The time inside the analyzers after each edit, in milliseconds.</returns>
    public static async Task<Sample> MeasureAsync(Compilation compilation, int file, Contestant contestant)
    {
        SyntaxTree tree = compilation.SyntaxTrees.ElementAt(file);
        List<double> times = [];
        for (int round = -WarmUps; round < Rounds; round++)
        {
            SyntaxTree edited = tree.WithChangedText(Edit(await tree.GetTextAsync(), round));
            compilation = compilation.ReplaceSyntaxTree(tree, edited);
            tree = edited;
            double time = await TurnAsync(compilation, tree, contestant);
            if (round >= 0)
                times.Add(time);
        }

        return new Sample(times);
    }

    /// <summary>Adds a member at the end of the class.</summary>
    private static SourceText Edit(SourceText text, int round) =>
        text.WithChanges(new TextChange(
            new TextSpan(text.ToString().LastIndexOf('}'), 0),
            string.Create(CultureInfo.InvariantCulture, $"    private int Edited{round + WarmUps} => {round + WarmUps};\n")));

    private static async Task<double> TurnAsync(Compilation compilation, SyntaxTree tree, Contestant contestant)
    {
        CompilationWithAnalyzersOptions options = new(
            contestant.Options, onAnalyzerException: null, concurrentAnalysis: false, logAnalyzerExecutionTime: true);
        CompilationWithAnalyzers run = compilation.WithAnalyzers(contestant.Analyzers, options);
        AnalysisResult syntax = await run.GetAnalysisResultAsync(tree, CancellationToken.None);
        AnalysisResult semantic = await run.GetAnalysisResultAsync(compilation.GetSemanticModel(tree), filterSpan: null, CancellationToken.None);
        return contestant.Analyzers.Sum(analyzer =>
            Math.Max(syntax.AnalyzerTelemetryInfo[analyzer].ExecutionTime.TotalMilliseconds, semantic.AnalyzerTelemetryInfo[analyzer].ExecutionTime.TotalMilliseconds));
    }
}
