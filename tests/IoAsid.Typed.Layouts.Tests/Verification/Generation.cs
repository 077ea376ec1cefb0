using System.Collections.Immutable;
using IoAsid.Typed.Layouts.Generator;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace IoAsid.Typed.Layouts.Tests.Verification;

/// <summary>A run of the generator that can be continued after an edit, as an editor does.</summary>
internal sealed class Generation
{
    private GeneratorDriver _driver = CSharpGeneratorDriver.Create(
        [new LayoutGenerator().AsSourceGenerator()],
        parseOptions: TestProject.Parse,
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    public ImmutableArray<Diagnostic> Problems { get; private set; } = [];

    public GeneratorRunResult Run(Compilation compilation)
    {
        _driver = _driver.RunGeneratorsAndUpdateCompilation(compilation, out Compilation complete, out _);
        Problems = [.. complete.GetDiagnostics().Where(IsProblem)];
        return _driver.GetRunResult().Results.Single();
    }

    /// <summary>Returns true if a diagnostic is not about the missing documentation of code under test.</summary>
    private static bool IsProblem(Diagnostic diagnostic) =>
        diagnostic.Severity >= DiagnosticSeverity.Warning && (diagnostic.Id != "CS1591" || diagnostic.Location.SourceTree!.FilePath.EndsWith(".g.cs", StringComparison.Ordinal));

    /// <summary>Generates the files of code, by name.</summary>
    public static Dictionary<string, string> Of(string code, out ImmutableArray<Diagnostic> problems)
    {
        Generation generation = new();
        GeneratorRunResult result = generation.Run(TestProject.Compile(code));
        Assert.Null(result.Exception);
        problems = generation.Problems;
        return result.GeneratedSources.ToDictionary(file => file.HintName, file => file.SourceText.ToString(), StringComparer.Ordinal);
    }
}
