using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace IoAsid.Typed.Layouts.Tests.Verification;

/// <summary>The compilation of code under test: the newest language, the framework of this process, and the real library.</summary>
internal static class TestProject
{
    public const string Usings = $"{ImplicitUsing}global using IoAsid.Typed.Layouts;\n";

    // Of those that the SDK adds to a new project, the one that the code needs.
    private const string ImplicitUsing = "global using System;\n";

    public static readonly CSharpParseOptions Parse = new(LanguageVersion.CSharp14, DocumentationMode.Diagnose);

    public static readonly CSharpCompilationOptions Options = new(
        OutputKind.DynamicallyLinkedLibrary, checkOverflow: true, nullableContextOptions: NullableContextOptions.Enable);

    public static readonly ImmutableArray<MetadataReference> References =
    [
        .. FrameworkFiles().Select(file => MetadataReference.CreateFromFile(file)), MetadataReference.CreateFromFile(typeof(BitLayoutAttribute).Assembly.Location),
    ];

    public static CSharpCompilation Compile(params IEnumerable<string> sources) => Create(sources.Append(Usings));

    /// <summary>Compiles sources as a new project does, without another namespace.</summary>
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
