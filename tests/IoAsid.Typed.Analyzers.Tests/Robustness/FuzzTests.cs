using System.Collections.Immutable;
using System.Globalization;
using IoAsid.Typed.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;

namespace IoAsid.Typed.Analyzers.Tests.Robustness;

/// <summary>
/// Runs of all rules on damaged copies of the project's own sources, the samples and the corpus. No rule crashes, and no rule reports a place twice. The fixes run afterwards. The
/// seed determines the damage, and a failure names it.
/// </summary>
public sealed class FuzzTests
{
    /// <summary>The environment variable with the number of damaged folders of each kind.</summary>
    private const string RunsVariable = "IOASID_FUZZ_RUNS";

    /// <summary>The environment variable with the first seed.</summary>
    private const string SeedVariable = "IOASID_FUZZ_SEED";

    private const int FixesAskedPerRun = 4;

    private static readonly int Runs = Number(RunsVariable, 8);
    private static readonly int FirstSeed = Number(SeedVariable, 1);
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public Task The_corpus() => FuzzAsync(SourceFolder.Corpus, filesToDamage: 3);

    [Theory]
    [InlineData("samples/QuickStart.RunTime")]
    [InlineData("samples/Migration")]
    public Task Samples(string folder) => FuzzAsync(SourceFolder.Of(folder), filesToDamage: 2);

    /// <summary>The sources define the types of the referenced SDK again, so those types exist twice.</summary>
    [Theory]
    [InlineData("src/IoAsid.Typed/Sets")]
    [InlineData("src/IoAsid.Typed/Lifetime")]
    [InlineData("src/IoAsid.Typed/Space")]
    [InlineData("src/IoAsid.Typed.Migration")]
    public Task Our_own_sources(string folder) => FuzzAsync(SourceFolder.Of(folder), filesToDamage: 2);

    private static async Task FuzzAsync(SourceFolder whole, int filesToDamage)
    {
        for (int seed = FirstSeed; seed < FirstSeed + Runs; seed++)
        {
            SourceFolder damaged = Damage(whole, filesToDamage, new Random(seed));
            CSharpCompilation compilation = damaged.Compile();
            ImmutableArray<Diagnostic> found = await AllRules.RunAsync(compilation, Cancellation);

            Assert.True(!found.Any(diagnostic => diagnostic.Id.StartsWith("AD", StringComparison.Ordinal)), $"Seed {seed}: {found.FirstOrDefault(diagnostic => diagnostic.Id.StartsWith("AD", StringComparison.Ordinal))?.GetMessage(CultureInfo.InvariantCulture)}");
            Assert.True(found.Select(diagnostic => (diagnostic.Id, diagnostic.Location)).Distinct().Count() == found.Length, $"Seed {seed}: reported twice.");
            await AskFixesAsync(damaged, found, new Random(seed));
        }
    }

    private static SourceFolder Damage(SourceFolder whole, int files, Random random)
    {
        ImmutableSortedDictionary<string, string> texts = whole.Files;
        for (int left = files; left > 0; left--)
        {
            (string name, string text) = texts.ElementAt(random.Next(texts.Count));
            texts = texts.SetItem(name, Mutation.Of(text, TestProject.Parse, random));
        }

        return whole with { Files = texts };
    }

    private static async Task AskFixesAsync(SourceFolder damaged, ImmutableArray<Diagnostic> found, Random random)
    {
        using AdhocWorkspace workspace = new();
        Project? project = null;
        foreach (Diagnostic diagnostic in found.OrderBy(_ => random.Next()).Take(FixesAskedPerRun))
        {
            project ??= FixedProject.Open(workspace, damaged.Files);
            Document document = project.Documents.Single(document => document.FilePath == diagnostic.Location.GetLineSpan().Path);
            foreach (CodeFixProvider fix in AllRules.Fixes.Where(fix => fix.FixableDiagnosticIds.Contains(diagnostic.Id, StringComparer.Ordinal)))
                await fix.RegisterCodeFixesAsync(new CodeFixContext(document, diagnostic, (_, _) => { }, Cancellation));
        }
    }

    private static int Number(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
