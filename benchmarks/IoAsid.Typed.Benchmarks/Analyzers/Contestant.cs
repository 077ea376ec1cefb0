using System.Collections.Immutable;
using System.Reflection;
using IoAsid.Typed.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace IoAsid.Typed.Benchmarks.Analyzers;

/// <summary>Analyzers that run together, and the additional files that they read.</summary>
internal sealed record Contestant(string Name, ImmutableArray<DiagnosticAnalyzer> Analyzers, AnalyzerOptions Options)
{
    private const string BannedSymbols = "BannedSymbols.txt";

    /// <summary>Creates the analyzers that a compiler loads. One analyzer has all rules about calls, and visits each call once.</summary>
    public static Contestant OurRules() => new("IoAsid.Typed", [.. AnalyzersOf(typeof(DiagnosticIds).Assembly).Where(IsLoaded)], new AnalyzerOptions([]));

    /// <summary>Creates the rule that only the stage Transitional enables.</summary>
    public static Contestant OfTransitional() => new(DiagnosticIds.LooksUntyped, [new LooksUntypedAnalyzer()], new AnalyzerOptions([]));

    /// <summary>Creates a separate analyzer for each rule, to measure the cost of each. A compiler loads the rules about calls as one analyzer.</summary>
    public static Contestant OurRulesOneByOne() =>
        new("one by one", [.. AnalyzersOf(typeof(DiagnosticIds).Assembly).Where(analyzer => analyzer is not CallAnalyzer)], new AnalyzerOptions([]));

    /// <summary>Creates BannedApiAnalyzers with the bans of our emulated hardware: host threads, timers, clocks, randomness.</summary>
    public static Contestant BannedApis()
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "Contender");
        ImmutableArray<DiagnosticAnalyzer> analyzers = [.. Directory.GetFiles(folder, "*.dll").SelectMany(file => AnalyzersOf(Assembly.LoadFrom(file))).Where(IsLoaded)];
        return new("BannedApiAnalyzers", analyzers, new AnalyzerOptions([new EmbeddedText(BannedSymbols)]));
    }

    private static ImmutableArray<DiagnosticAnalyzer> AnalyzersOf(Assembly assembly) =>
    [
        .. LoadableTypes(assembly)
            .Where(type => !type.IsAbstract && type.IsSubclassOf(typeof(DiagnosticAnalyzer)))
            .Where(type => type.GetConstructor([]) is not null)
            .Select(type => (DiagnosticAnalyzer)Activator.CreateInstance(type)!),
    ];

    private static bool IsLoaded(DiagnosticAnalyzer analyzer) =>
        analyzer.GetType().GetCustomAttribute<DiagnosticAnalyzerAttribute>()?.Languages.Contains(LanguageNames.CSharp) == true;

    /// <summary>Returns the types of an assembly that load without workspaces. Fixes need workspaces, which a compiler does not have.</summary>
    private static IEnumerable<Type> LoadableTypes(Assembly assembly)
    {
        try
        {
            return assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException some)
        {
            return some.Types.OfType<Type>();
        }
    }

    private sealed class EmbeddedText(string name) : AdditionalText
    {
        public override string Path => name;

        public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(Resource.Read(name));
    }
}
