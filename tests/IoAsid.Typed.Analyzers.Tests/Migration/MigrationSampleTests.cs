using System.Collections.Immutable;
using IoAsid.Typed.Analyzers.Tests.Pages;
using IoAsid.Typed.Analyzers.Tests.Verification;
using IoAsid.Typed.CodeFixes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace IoAsid.Typed.Analyzers.Tests.Migration;

/// <summary>Each stage of samples/Migration has the diagnostics that its page lists, and the fixes turn the first stage into the next.</summary>
public sealed class MigrationSampleTests
{
    private const string ImplicitUsings = "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;";

    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;
    private static readonly string Folder = Path.Combine(RulePages.Repository, "samples", "Migration");

    [Theory]
    [InlineData("Transitional")]
    [InlineData("Enforced")]
    [InlineData("Converged")]
    public async Task A_stage_reports_what_the_page_says(string stage)
    {
        Compilation compilation = CSharpCompilation.Create(
            "Migration",
            Files(stage).Select(file => CSharpSyntaxTree.ParseText(file.Value, TestProject.Parse, file.Key)),
            [.. TestProject.Framework, .. TestProject.Sdk],
            TestProject.Compile);
        Assert.Empty(compilation.GetDiagnostics(Cancellation).Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning));

        ImmutableArray<Diagnostic> found = await AllRules.RunAsync(compilation, Cancellation);

        Assert.Equal(Promised(stage), found.Select(Line).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_fixes_turn_the_first_stage_into_the_second()
    {
        ImmutableSortedDictionary<string, string> repaired =
            await FixedProject.ApplyAsync(new UntypedLookupCodeFixProvider(), Files("Transitional"), Cancellation);

        Assert.Equal(
            Files("Enforced"),
            repaired.ToDictionary(file => file.Key, file => file.Value.Replace("Migration.Transitional", "Migration.Enforced", StringComparison.Ordinal), StringComparer.Ordinal));
    }

    /// <summary>Returns the files of a stage, and those that all stages share.</summary>
    private static SortedDictionary<string, string> Files(string stage) => new(
        Directory.EnumerateFiles(Path.Combine(Folder, stage), "*.cs")
            .Concat(new[] { "Bindings.cs", "Descriptors.cs", "Pasids.cs", "Script.cs" }.Select(file => Path.Combine(Folder, file)))
            .ToDictionary(file => Path.GetFileName(file), File.ReadAllText),
        StringComparer.Ordinal)
        {
            ["ImplicitUsings.cs"] = ImplicitUsings,
        };

    /// <summary>Returns the lines of the block under the heading of a stage.</summary>
    private static string[] Promised(string stage)
    {
        string section = File.ReadAllText(Path.Combine(Folder, "README.md")).Split($"## {stage}")[1].Split("\n## ")[0];
        return section.Split("```text\n") is [_, var block]
            ? [.. block.Split("```")[0].Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)]
            : [];
    }

    private static string Line(Diagnostic diagnostic)
    {
        FileLinePositionSpan place = diagnostic.Location.GetLineSpan();
        return $"{place.Path}({place.StartLinePosition.Line + 1}): {diagnostic.Id}";
    }
}
