using System.Diagnostics;
using System.Globalization;
using System.Text;
using IoAsid.Typed.Benchmarks.Ratios;
using IoAsid.Typed.Layouts.Generator;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace IoAsid.Typed.Benchmarks.Analyzers;

/// <summary>The delay of an editor after an edit of one bit layout among many, from the edited text to a compilation with the generated code.</summary>
internal static class GeneratorTimes
{
    private const int WarmUps = 10;
    private const int Rounds = 21;
    private const int FieldsPerStructure = 10;
    private const int StructuresPerFile = 5;

    private static readonly CSharpParseOptions Language = new(LanguageVersion.CSharp14, DocumentationMode.Parse);

    /// <summary>Generates the code of all structures once, and again after each edit of one field.</summary>
    /// <returns>The number of lines and the time of each edit in milliseconds.</returns>
    public static (int Lines, Sample Milliseconds) Measure(int structures)
    {
        string[] files = [.. Enumerable.Range(0, structures / StructuresPerFile).Select(File)];
        CSharpCompilation compilation = CSharpCompilation.Create(
            "Layouts",
            files.Select(file => CSharpSyntaxTree.ParseText(file, Language)),
            [.. CodeBase.FrameworkFiles().Append(typeof(BitLayoutAttribute).Assembly.Location).Select(file => MetadataReference.CreateFromFile(file))],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        GeneratorDriver driver = CSharpGeneratorDriver.Create([new LayoutGenerator().AsSourceGenerator()], parseOptions: Language);
        driver = driver.RunGeneratorsAndUpdateCompilation(compilation, out Compilation complete, out _);
        ThrowIfBroken(complete, structures);

        List<double> times = [];
        SyntaxTree tree = compilation.SyntaxTrees[^1];
        for (int round = -WarmUps; round < Rounds; round++)
        {
            SourceText text = Edit(tree.GetText(), round);
            long start = Stopwatch.GetTimestamp();
            SyntaxTree edited = tree.WithChangedText(text);
            compilation = compilation.ReplaceSyntaxTree(tree, edited);
            driver = driver.RunGeneratorsAndUpdateCompilation(compilation, out complete, out _);
            TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
            tree = edited;
            if (round >= 0)
                times.Add(elapsed.TotalMilliseconds);
        }

        ThrowIfBroken(complete, structures);
        return (files.Sum(file => file.Count(character => character == '\n')), new Sample(times));
    }

    private static string File(int number)
    {
        StringBuilder code = new("using IoAsid.Typed.Layouts;\n\nnamespace Device;\n");
        for (int structure = 0; structure < StructuresPerFile; structure++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"Entry{number}_{structure}");
            code.Append(CultureInfo.InvariantCulture, $"\n/// <summary>An entry.</summary>\n[BitLayout(\"{name}\", 64)]\npublic readonly partial record struct {name}\n{{\n");
            for (int field = 0; field < FieldsPerStructure; field++)
                code.Append(CultureInfo.InvariantCulture, $"    /// <summary>A field.</summary>\n    [Bits(\"F{field}\", {field * 6}, {(field * 6) + 5})] public partial byte Field{field} {{ get; init; }}\n");

            code.Append("}\n");
        }

        return code.ToString();
    }

    /// <summary>Makes the last field of the file one bit shorter, or longer again.</summary>
    private static SourceText Edit(SourceText text, int round)
    {
        int field = text.ToString().LastIndexOf(", 54, ", StringComparison.Ordinal) + ", 54, ".Length;
        return text.WithChanges(new TextChange(new TextSpan(field, 2), round % 2 == 0 ? "58" : "59"));
    }

    private static void ThrowIfBroken(Compilation complete, int structures)
    {
        if (complete.GetDiagnostics().FirstOrDefault(found => found.Severity == DiagnosticSeverity.Error) is { } error)
            throw new InvalidOperationException(error.ToString());

        int generated = complete.SyntaxTrees.Count(tree => tree.FilePath.EndsWith(".g.cs", StringComparison.Ordinal));
        if (generated < structures)
            throw new InvalidOperationException($"{generated} files were generated for {structures} structures.");
    }
}
