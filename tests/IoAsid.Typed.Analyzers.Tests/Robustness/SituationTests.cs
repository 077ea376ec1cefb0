using System.Collections.Immutable;
using IoAsid.Typed.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace IoAsid.Typed.Analyzers.Tests.Robustness;

/// <summary>
/// Each file of the folder Situations is code after a public bug report of another analyzer. A comment <c>//! ID</c> at the end of a line lists the diagnostics of that line.
/// </summary>
public sealed class SituationTests
{
    private const string Prelude = "Prelude.cs";
    private const string Mark = "//! ";

    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    public static TheoryData<string> Names =>
        [.. Directory.EnumerateFiles(Folder, "*.cs").Select(file => Path.GetFileName(file)).Where(name => name is not Prelude).Order(StringComparer.Ordinal)];

    private static string Folder => AnalyzerInputs.Situations;

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Situation_has_exactly_the_marked_diagnostics(string name)
    {
        Situation situation = Situation.Parse(name, await File.ReadAllTextAsync(Path.Combine(Folder, name), Cancellation));
        CSharpCompilation compilation = situation.Compile(await File.ReadAllTextAsync(Path.Combine(Folder, Prelude), Cancellation));
        Assert.Empty(compilation.GetDiagnostics(Cancellation).Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));

        ImmutableArray<Diagnostic> found = await compilation
            .WithAnalyzers([.. AllRules.Analyzers, .. AllRules.Suppressors], new AnalyzerOptions([], new GivenOptions(situation.Options)))
            .GetAllDiagnosticsAsync(Cancellation);

        Assert.Equal(string.Join('\n', situation.Expected), string.Join('\n', found.Where(IsCompared).Select(PlaceOf).Order(StringComparer.Ordinal)));
    }

    /// <summary>Returns true if a diagnostic is compared. The compiler's two diagnostics of incomplete switches are compared, because a rule suppresses them.</summary>
    private static bool IsCompared(Diagnostic diagnostic) =>
        !diagnostic.IsSuppressed && (diagnostic.Id.StartsWith("IOASID", StringComparison.Ordinal) || diagnostic.Id is "AD0001" or "CS8509" or "CS8524");

    private static string PlaceOf(Diagnostic diagnostic)
    {
        FileLinePositionSpan place = diagnostic.Location.GetLineSpan();
        return Situation.Place(place.Path, place.StartLinePosition.Line, diagnostic.Id);
    }

    /// <summary>One file of the folder.</summary>
    /// <param name="Files">The texts of the compilation, by name. Each line has the same number as in the file of the folder.</param>
    /// <param name="Library">The text of an assembly that is compiled first, or null.</param>
    /// <param name="Options">The lines of <c>.editorconfig</c>.</param>
    /// <param name="Flags">The properties of the compilation.</param>
    /// <param name="Expected">The places and ids of the expected diagnostics.</param>
    private sealed record Situation(
        ImmutableDictionary<string, string> Files, string? Library, string Options, ImmutableHashSet<string> Flags, ImmutableArray<string> Expected)
    {
        public static Situation Parse(string name, string text)
        {
            Dictionary<string, List<string>> parts = new(StringComparer.Ordinal) { [name] = [] };
            List<string> options = [];
            List<string> flags = [];
            List<string> expected = [];
            string part = name;
            foreach (string line in text.Split('\n'))
            {
                if (line.StartsWith("//= ", StringComparison.Ordinal))
                    parts[part = line["//= ".Length..].Replace("file ", "", StringComparison.Ordinal).Trim()] = [];
                else if (line.StartsWith("//# ", StringComparison.Ordinal))
                    options.Add(line["//# ".Length..]);
                else if (line.StartsWith("//: ", StringComparison.Ordinal))
                    flags.Add(line["//: ".Length..].Trim());

                if (line.Split(Mark) is [_, var ids])
                    expected.AddRange(ids.Split(',', StringSplitOptions.TrimEntries).Select(id => Place(part, parts[part].Count, id)));

                parts[part].Add(line);
            }

            return new Situation(
                parts.Where(lines => lines.Key is not "library").ToImmutableDictionary(lines => lines.Key, lines => string.Join('\n', lines.Value), StringComparer.Ordinal),
                parts.TryGetValue("library", out List<string>? library) ? string.Join('\n', library) : null,
                string.Join('\n', options),
                [.. flags],
                [.. expected.Order(StringComparer.Ordinal)]);
        }

        public static string Place(string file, int line, string id) => $"{file}({line + 1}): {id}";

        public CSharpCompilation Compile(string prelude)
        {
            ImmutableDictionary<string, string> common = Flags.Contains("no prelude") ? ImmutableDictionary<string, string>.Empty : ImmutableDictionary<string, string>.Empty.Add(Prelude, prelude);
            CSharpCompilationOptions options = TestProject.Compile
                .WithOutputKind(Flags.Contains("exe") ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary)
                .WithNullableContextOptions(Flags.Contains("oblivious") ? NullableContextOptions.Disable : NullableContextOptions.Enable)
                .WithOverflowChecks(Flags.Contains("checked"));
            ImmutableArray<MetadataReference> references = [.. TestProject.Framework, .. TestProject.Sdk];
            if (Library is not null)
                references = references.Add(Emit(Of("Library", common.Add("Library.cs", Library), references, TestProject.Compile)));

            // If the situation has a library, the library defines the types of the prelude.
            string usings = string.Join('\n', prelude.Split('\n').Where(line => line.StartsWith("global using", StringComparison.Ordinal)));
            return Of("UnderTest", (Library is null ? common : common.SetItem(Prelude, usings)).AddRange(Files), references, options);
        }

        private static CSharpCompilation Of(
            string assembly, ImmutableDictionary<string, string> files, ImmutableArray<MetadataReference> references, CSharpCompilationOptions options) =>
            CSharpCompilation.Create(assembly, files.Select(file => CSharpSyntaxTree.ParseText(file.Value, TestProject.Parse, file.Key)), references, options);

        private static PortableExecutableReference Emit(CSharpCompilation library)
        {
            using MemoryStream image = new();
            Assert.Empty(library.Emit(image, cancellationToken: Cancellation).Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
            return MetadataReference.CreateFromImage(image.ToArray());
        }
    }
}
