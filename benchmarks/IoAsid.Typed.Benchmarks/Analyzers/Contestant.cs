using System.Collections.Immutable;
using System.Reflection;
using IoAsid.Typed.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace IoAsid.Typed.Benchmarks.Analyzers;

/// <summary>Analyzers that run together, and the files they read.</summary>
internal sealed record Contestant(string Name, ImmutableArray<DiagnosticAnalyzer> Analyzers, AnalyzerOptions Options)
{
    private const string BannedSymbols = "BannedSymbols.txt";

    public static Contestant OurRules() => new("IoAsid.Typed", AnalyzersOf(typeof(DiagnosticIds).Assembly), new AnalyzerOptions([]));

    /// <summary>BannedApiAnalyzers with what our emulated hardware bans: host threads, timers, clocks, randomness.</summary>
    public static Contestant BannedApis()
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "Contender");
        ImmutableArray<DiagnosticAnalyzer> analyzers = [.. Directory.GetFiles(folder, "*.dll").SelectMany(file => AnalyzersOf(Assembly.LoadFrom(file)))];
        return new("BannedApiAnalyzers", analyzers, new AnalyzerOptions([new EmbeddedText(BannedSymbols)]));
    }

    private static ImmutableArray<DiagnosticAnalyzer> AnalyzersOf(Assembly assembly) =>
    [
        .. LoadableTypes(assembly)
            .Where(type => !type.IsAbstract && type.IsSubclassOf(typeof(DiagnosticAnalyzer)))
            .Where(type => type.GetCustomAttribute<DiagnosticAnalyzerAttribute>()?.Languages.Contains(LanguageNames.CSharp) == true)
            .Select(type => (DiagnosticAnalyzer)Activator.CreateInstance(type)!),
    ];

    /// <summary>The fixes beside an analyzer need workspaces, which a compiler has not.</summary>
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
