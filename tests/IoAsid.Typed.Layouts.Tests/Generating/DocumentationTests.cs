using System.Reflection;
using System.Text.RegularExpressions;
using IoAsid.Typed.Layouts.Generator;
using IoAsid.Typed.Layouts.Tests.Verification;
using IoAsid.Typed.Tests;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace IoAsid.Typed.Layouts.Tests.Generating;

/// <summary>The excerpts of the page about layouts are the files of one program. It compiles without a warning or a diagnostic and prints the lines of its comments.</summary>
public sealed partial class DocumentationTests
{
    private const string Page = "docs/concepts/layouts.md";

    [Fact]
    public void Code_compiles_and_prints_what_its_comments_say()
    {
        string[] files = [.. Blocks()];

        using MemoryStream assembly = Emit(files);
        (uint written, string[] lines) = Run(assembly);

        Assert.Equal(0x1031u, written);
        Assert.Equal(PrintedLine().Matches(string.Join('\n', files)).Select(match => match.Groups["text"].Value), lines);
    }

    [Fact]
    public void The_message_about_a_value_that_does_not_fit_is_the_one_of_the_library()
    {
        string message = Assert.Throws<ArgumentOutOfRangeException>(() => new BitField("MODE", 4, 2).With<Bits32>(default, 4)).Message;

        Assert.Contains($"`{message.Split(" (")[0]}`", WorkingTree.Read(Page), StringComparison.Ordinal);
    }

    private static IEnumerable<string> Blocks() =>
        from part in WorkingTree.Read(Page).Split("\n```csharp\n").Skip(1)
        select part[..part.IndexOf("\n```", StringComparison.Ordinal)];

    private static MemoryStream Emit(string[] sources)
    {
        Generation generation = new();
        CSharpCompilation compilation = TestProject.CompileAlone(sources);
        GeneratorRunResult generated = generation.Run(compilation);
        Assert.Empty(generation.Problems.Where(problem => problem.Id != "CS8019"));
        Assert.Empty(compilation.WithAnalyzers([new LayoutAnalyzer()]).GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken).Result);

        MemoryStream assembly = new();
        Assert.True(compilation.AddSyntaxTrees(generated.GeneratedSources.Select(source => source.SyntaxTree)).Emit(assembly, cancellationToken: TestContext.Current.CancellationToken).Success);
        return assembly;
    }

    private static (uint Written, string[] Lines) Run(MemoryStream assembly)
    {
        Assembly program = Assembly.Load(assembly.ToArray());
        TextWriter console = Console.Out;
        using StringWriter text = new();
        Console.SetOut(text);
        try
        {
            object written = Invoke("Power", "Sleep", 0x1011u)!;
            Invoke("ControlCheck", "Run");
            Invoke("EventWrite", "Run");
            return ((uint)written, text.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
        }
        finally
        {
            Console.SetOut(console);
        }

        object? Invoke(string type, string method, params object[] arguments) => program.GetType($"Device.{type}")!.GetMethod(method)!.Invoke(null, arguments);
    }

    [GeneratedRegex("""Console\.WriteLine\(.*\);   // (?<text>.*)""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PrintedLine();
}
