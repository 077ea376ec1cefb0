using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace IoAsid.Typed.Layouts.Tests.Verification;

/// <summary>The compilation of code under test: the newest language, the framework of this process, and the real library.</summary>
internal static class TestProject
{
    public const string Usings = $"{ImplicitUsing}global using IoAsid.Typed.Layouts;\n";

    // The .NET SDK adds more usings to a new project. The code needs only this one.
    private const string ImplicitUsing = "global using System;\n";

    public static readonly CSharpParseOptions Parse = new(LanguageVersion.CSharp14, DocumentationMode.Diagnose);

    public static readonly CSharpCompilationOptions Options = new(
        OutputKind.DynamicallyLinkedLibrary, checkOverflow: true, nullableContextOptions: NullableContextOptions.Enable);

    public static readonly ImmutableArray<MetadataReference> References =
    [
        .. FrameworkFiles().Select(file => MetadataReference.CreateFromFile(file)), MetadataReference.CreateFromFile(typeof(BitLayoutAttribute).Assembly.Location),
    ];

    public static CSharpCompilation Compile(params IEnumerable<string> sources) => Create(sources.Append(Usings));

    /// <summary>Compiles sources as a new project does, without the namespace of the layouts.</summary>
    public static CSharpCompilation CompileAlone(params IEnumerable<string> sources) => Create(sources.Append(ImplicitUsing));

    private static CSharpCompilation Create(IEnumerable<string> sources) => CSharpCompilation.Create(
        "UnderTest",
        sources.Select((source, number) => CSharpSyntaxTree.ParseText(source, Parse, $"Source{number}.cs")),
        References,
        Options);

    private static IEnumerable<string> FrameworkFiles()
    {
        string folder = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        return ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(file => string.Equals(Path.GetDirectoryName(file), folder, StringComparison.Ordinal));
    }
}
