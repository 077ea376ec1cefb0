using System.Collections.Immutable;
using System.Reflection;
using IoAsid.Typed.Layouts.CodeFixes;
using IoAsid.Typed.Layouts.Generator;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace IoAsid.Typed.Analyzers.Tests.Verification;

/// <summary>All rules and fixes, found by reflection, so that the tests include new ones.</summary>
internal static class AllRules
{
    private static readonly Assembly[] Assemblies =
    [
        typeof(DiagnosticIds).Assembly,
        typeof(CodeFixes.UntypedLookupCodeFixProvider).Assembly,
        typeof(LayoutAnalyzer).Assembly,
        typeof(PartialCodeFixProvider).Assembly,
    ];

    public static readonly ImmutableArray<DiagnosticSuppressor> Suppressors = Instances<DiagnosticSuppressor>();

    /// <summary>All rules that can run, including those that a compiler does not load by itself.</summary>
    public static readonly ImmutableArray<DiagnosticAnalyzer> OneByOne =
        [.. Instances<DiagnosticAnalyzer>().Where(analyzer => analyzer is not (DiagnosticSuppressor or CallAnalyzer))];

    /// <summary>The rules that a compiler loads.</summary>
    public static readonly ImmutableArray<DiagnosticAnalyzer> Analyzers =
        [.. Instances<DiagnosticAnalyzer>().Where(analyzer => analyzer is not DiagnosticSuppressor && IsLoaded(analyzer))];

    public static readonly ImmutableArray<CodeFixProvider> Fixes = Instances<CodeFixProvider>();

    public static readonly ImmutableArray<DiagnosticDescriptor> Descriptors =
        [.. Analyzers.SelectMany(analyzer => analyzer.SupportedDiagnostics).OrderBy(rule => rule.Id, StringComparer.Ordinal)];

    public static CSharpCompilation Compile(IEnumerable<string> sources, IEnumerable<MetadataReference> references) =>
        CSharpCompilation.Create(
            "UnderTest",
            sources.Select((source, number) => CSharpSyntaxTree.ParseText(source, TestProject.Parse, $"Source{number}.cs")),
            references,
            TestProject.Compile);

    /// <summary>Runs all rules and returns their diagnostics. A crash of a rule is the diagnostic AD0001.</summary>
    public static Task<ImmutableArray<Diagnostic>> RunAsync(Compilation compilation, CancellationToken cancellationToken) =>
        RunAsync(compilation, "", cancellationToken);

    /// <summary>Runs all rules with options in the form of <c>.editorconfig</c>.</summary>
    public static Task<ImmutableArray<Diagnostic>> RunAsync(Compilation compilation, string options, CancellationToken cancellationToken) =>
        WithAllRules(compilation)
            .WithAnalyzers([.. Analyzers, .. Suppressors], new AnalyzerOptions([], new GivenOptions(options)))
            .GetAnalyzerDiagnosticsAsync(cancellationToken);

    /// <summary>Returns the diagnostics of one rule.</summary>
    public static Task<ImmutableArray<Diagnostic>> RunAsync(DiagnosticAnalyzer analyzer, Compilation compilation, CancellationToken cancellationToken) =>
        WithAllRules(compilation).WithAnalyzers([analyzer], new AnalyzerOptions([], new GivenOptions(""))).GetAnalyzerDiagnosticsAsync(cancellationToken);

    /// <summary>Enables the rules that only a stage of a migration enables.</summary>
    private static Compilation WithAllRules(Compilation compilation) => compilation.WithOptions(compilation.Options.WithSpecificDiagnosticOptions(
        Descriptors.Where(rule => !rule.IsEnabledByDefault).ToDictionary(rule => rule.Id, _ => ReportDiagnostic.Info, StringComparer.Ordinal)));

    private static bool IsLoaded(DiagnosticAnalyzer analyzer) => analyzer.GetType().IsDefined(typeof(DiagnosticAnalyzerAttribute), inherit: false);

    private static ImmutableArray<T> Instances<T>() =>
    [
        .. Assemblies.SelectMany(assembly => assembly.GetTypes())
            .Where(type => type is { IsAbstract: false } && typeof(T).IsAssignableFrom(type))
            .Select(type => (T)Activator.CreateInstance(type)!),
    ];
}
