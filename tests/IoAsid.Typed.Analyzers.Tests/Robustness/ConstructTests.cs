using System.Collections.Immutable;
using System.Globalization;
using IoAsid.Typed.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace IoAsid.Typed.Analyzers.Tests.Robustness;

/// <summary>No rule crashes on calls of the SDK inside any construct of C# 14, in any kind of function, and no rule reports a place twice.</summary>
public sealed class ConstructTests
{
    /// <summary>The environment variable with the number of generated places.</summary>
    private const string PlacesVariable = "IOASID_CONSTRUCT_PLACES";

    private const int PlacesPerCompilation = 500;

    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    private static readonly int Count =
        Environment.GetEnvironmentVariable(PlacesVariable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : 2_000;

    /// <summary>The places are spread over all pairs of a construct and a function.</summary>
    [Fact]
    public async Task Rules_survive_every_construct_in_every_function()
    {
        int reports = 0;
        for (int batch = 0; batch < (Count + PlacesPerCompilation - 1) / PlacesPerCompilation; batch++)
            reports += (await RunAsync($"Batch {batch}", GeneratedCode.Places(batch * PlacesPerCompilation, PlacesPerCompilation), OutputKind.DynamicallyLinkedLibrary)).Length;

        Assert.True(reports > Count / 2, $"{reports} diagnostics in {Count} places.");
    }

    [Fact]
    public void Places_go_through_all_pairs() =>
        Assert.Equal(GeneratedCode.Pairs, Enumerable.Range(0, GeneratedCode.Pairs).Select(GeneratedCode.PairAt).Distinct().Count());

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Rules_survive_every_construct_in_a_top_level_program(int seed) =>
        Assert.NotEmpty(await RunAsync($"Seed {seed}", GeneratedCode.Program(seed), OutputKind.ConsoleApplication));

    private static async Task<ImmutableArray<Diagnostic>> RunAsync(string name, string code, OutputKind kind)
    {
        CSharpCompilation compilation = AllRules
            .Compile([code, GeneratedCode.Types], [.. TestProject.Framework, .. TestProject.Sdk])
            .WithOptions(TestProject.Compile.WithOutputKind(kind));
        AssertNone(name, compilation.GetDiagnostics(Cancellation).Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));

        ImmutableArray<Diagnostic> found = await AllRules.RunAsync(compilation, Cancellation);

        AssertNone(name, found.Where(diagnostic => diagnostic.Id.StartsWith("AD", StringComparison.Ordinal)));
        AssertNone(name, found.GroupBy(diagnostic => (diagnostic.Id, diagnostic.Location)).Where(same => same.Count() > 1).Select(same => same.First()));
        return found;
    }

    private static void AssertNone(string name, IEnumerable<Diagnostic> found)
    {
        Diagnostic[] wrong = [.. found.Take(20)];
        Assert.True(wrong.Length == 0, string.Join('\n', wrong.Select(diagnostic => $"{name}: {diagnostic}\n    {LineOf(diagnostic)}")));
    }

    private static string LineOf(Diagnostic diagnostic) =>
        diagnostic.Location.SourceTree?.GetText(Cancellation).Lines[diagnostic.Location.GetLineSpan().StartLinePosition.Line].ToString() ?? "";
}
