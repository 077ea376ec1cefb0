using System.Reflection;
using System.Text.RegularExpressions;
using IoAsid.Typed.Layouts.Generator;
using IoAsid.Typed.Layouts.Tests.Verification;
using IoAsid.Typed.Tests;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace IoAsid.Typed.Layouts.Tests.Generating;

/// <summary>The page about layouts is one program: it compiles without a warning or a report, and prints what it says.</summary>
public sealed partial class DocumentationTests
{
    private const string Page = "docs/concepts/layouts.md";

    // The registers of the device that the statements of the page talk to.
    private const string Beginning = """
        namespace Device;

        public sealed class Registers
        {
            public uint Read32(uint offset) => 0x1011;

            public void Write32(uint offset, uint value) => Written = value;

            public uint Written { get; private set; }
        }

        public static class Program
        {
            public static uint Run(Registers registers)
            {
        """;

    [Fact]
    public void Code_compiles_and_prints_what_its_comments_say()
    {
        string[] blocks = [.. Blocks()];
        string[] declarations = [.. blocks.Where(IsDeclaration)];
        string statements = string.Join('\n', blocks.Except(declarations).Select(block => $"{{ {block} }}".Replace("}", "\n}", StringComparison.Ordinal)));
        string program = $"{Beginning}\n{statements}\nreturn registers.Written;\n}}\n}}";

        using MemoryStream assembly = Emit([.. declarations.Select(InNamespace), program]);
        (uint written, string[] lines) = Run(assembly);

        Assert.Equal(0x1031u, written);
        Assert.Equal(PrintedLine().Matches(string.Join('\n', blocks)).Select(match => match.Groups["text"].Value), lines);
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

    private static bool IsDeclaration(string block) =>
        !CSharpSyntaxTree.ParseText(block, TestProject.Parse).GetCompilationUnitRoot().Members.OfType<GlobalStatementSyntax>().Any();

    private static string InNamespace(string block) => block.Contains("namespace Device;", StringComparison.Ordinal) ? block : $"namespace Device;\n{block}";

    private static MemoryStream Emit(string[] sources)
    {
        Generation generation = new();
        CSharpCompilation compilation = TestProject.Compile(sources);
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
        object registers = Activator.CreateInstance(program.GetType("Device.Registers")!)!;
        TextWriter console = Console.Out;
        using StringWriter text = new();
        Console.SetOut(text);
        try
        {
            object written = program.GetType("Device.Program")!.GetMethod("Run")!.Invoke(null, [registers])!;
            return ((uint)written, text.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
        }
        finally
        {
            Console.SetOut(console);
        }
    }

    [GeneratedRegex("""Console\.WriteLine\(.*\);   // (?<text>.*)""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PrintedLine();
}
