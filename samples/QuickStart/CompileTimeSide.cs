using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace QuickStart;

/// <summary>Compiles the mistakes and prints the view of an editor: the line, the mistake underlined, the message, and the correct line.</summary>
public static class CompileTimeSide
{
    private const string Introduction = """
        Small mistakes, compiled now with the library and its analyzers. Each shows the line, the
        message of the compiler or of the analyzer, and the line to write instead.
        """;

    private const int LabelWidth = 12;

    public static async Task PlayAsync(TextWriter output)
    {
        await output.WriteLineAsync(Introduction);
        foreach ((int index, Mistake mistake) in Mistake.All().Index())
        {
            await output.WriteLineAsync();
            await output.WriteLineAsync($"{(char)('A' + index)}. {mistake.Explanation}");
            foreach (Diagnostic diagnostic in await SampleCompiler.JudgeAsync(mistake.CompileMistake()))
                await ShowAsync(output, mistake, diagnostic);

            await output.WriteLineAsync(Label("instead") + mistake.Repair);
        }
    }

    private static async Task ShowAsync(TextWriter output, Mistake mistake, Diagnostic diagnostic)
    {
        LinePositionSpan span = diagnostic.Location.GetLineSpan().Span;
        string line = mistake.Line(span.Start.Line);
        int indent = line.Length - line.TrimStart().Length;
        await output.WriteLineAsync(Label("wrong") + line.Trim());
        await output.WriteLineAsync(Label("") + Underline(span.Start.Character - indent, span.End.Character - span.Start.Character));

        string label = Label(diagnostic.Severity == DiagnosticSeverity.Error ? "error" : "warning");
        foreach (string part in Paragraph.Lines($"{diagnostic.Id}: {diagnostic.GetMessage(CultureInfo.InvariantCulture)}", LabelWidth))
        {
            await output.WriteLineAsync(label + part);
            label = Label("");
        }
    }

    private static string Label(string label) => $"   {label}".PadRight(LabelWidth);

    private static string Underline(int start, int length) => new string(' ', start) + new string('~', Math.Max(1, length));
}
