using System.Collections.Immutable;
using IoAsid.Typed;
using IoAsid.Typed.Analyzers;
using IoAsid.Typed.Migration;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using QuickStart.RunTime;

namespace QuickStart;

/// <summary>Compiles a piece of code in this process, as a project with a PackageReference to IoAsid.Typed would.</summary>
public static class SampleCompiler
{
    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.Linq;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private static readonly ImmutableArray<MetadataReference> References =
        [.. FrameworkFiles().Concat(SdkFiles()).Select(file => MetadataReference.CreateFromFile(file))];

    public static CSharpCompilation Compile(string source, OutputKind kind, params string[] symbols)
    {
        CSharpParseOptions options = new(LanguageVersion.CSharp14, preprocessorSymbols: symbols);
        return CSharpCompilation.Create(
            "Sample",
            [CSharpSyntaxTree.ParseText(source, options), CSharpSyntaxTree.ParseText(ImplicitUsings, options)],
            References,
            new CSharpCompilationOptions(kind, nullableContextOptions: NullableContextOptions.Enable));
    }

    /// <summary>Returns the warnings and errors of the compiler and of our analyzers, in the order of the code.</summary>
    public static async Task<ImmutableArray<Diagnostic>> JudgeAsync(Compilation compilation)
    {
        CompilationWithAnalyzers analyzed = compilation.WithAnalyzers(Analyzers());
        ImmutableArray<Diagnostic> all = await analyzed.GetAllDiagnosticsAsync();
        return [.. all.Where(found => found.Severity >= DiagnosticSeverity.Warning).OrderBy(found => found.Location.SourceSpan)];
    }

    private static ImmutableArray<DiagnosticAnalyzer> Analyzers() =>
    [
        .. typeof(UntypedLookupAnalyzer).Assembly.GetTypes()
            .Where(type => type.IsDefined(typeof(DiagnosticAnalyzerAttribute), inherit: false))
            .Select(type => (DiagnosticAnalyzer)Activator.CreateInstance(type)!),
    ];

    private static IEnumerable<string> FrameworkFiles()
    {
        string folder = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        return ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(file => Path.GetDirectoryName(file) == folder);
    }

    private static IEnumerable<string> SdkFiles() =>
        [typeof(IoAsidSet).Assembly.Location, typeof(UntypedLookup).Assembly.Location, typeof(SvaBinding).Assembly.Location];
}
