using System.Collections.Immutable;
using IoAsid.Typed.Migration;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace IoAsid.Typed.Benchmarks.Analyzers;

/// <summary>The sources that the analyzers read in a measurement.</summary>
/// <param name="Sources">The texts of the files.</param>
/// <param name="NamesSdk">True if the compilation references the SDK.</param>
internal sealed record CodeBase(ImmutableArray<string> Sources, bool NamesSdk)
{
    private const int GeneratedLines = 80_000;
    private const int LongFile = 1_000;

    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private static readonly CSharpParseOptions Language = new(LanguageVersion.CSharp14, DocumentationMode.Parse);

    public int Lines => Sources.Sum(source => source.Count(character => character == '\n'));

    /// <summary>Creates about 80,000 lines of drivers, device models and pools. Each run has the same lines. A third of the files use the SDK.</summary>
    public static CodeBase Generate() => Generate(GeneratedLines);

    /// <summary>Creates the same kinds of files, with at least the given number of lines in total.</summary>
    public static CodeBase Generate(int lines) => new([Template.SharedTypes, .. Template.Instantiate(Template.All, lines)], NamesSdk: true);

    /// <summary>Creates about 80,000 lines without the SDK.</summary>
    public static CodeBase GenerateWithoutSdk() =>
        new([ImplicitUsings, .. Template.Instantiate(Template.WithoutSdk, GeneratedLines)], NamesSdk: false);

    /// <summary>Creates about 80,000 lines that reference the SDK and do not use it, and one file that uses it.</summary>
    public static CodeBase GenerateHardlyUsing() => new(
        [Template.SharedTypes, .. Template.Instantiate(Template.WithoutSdk, GeneratedLines), Template.LongFile(LongFile / 10)], NamesSdk: true);

    /// <summary>Creates the code base of <see cref="Generate()"/>, and a file of 1,000 lines that uses the SDK throughout.</summary>
    /// <returns>The code base and the index of that file.</returns>
    public static (CodeBase Code, int File) GenerateWithLongFile()
    {
        CodeBase usual = Generate();
        return (usual with { Sources = usual.Sources.Add(Template.LongFile(LongFile)) }, usual.Sources.Length);
    }

    /// <summary>Returns the C# files of a folder, without the files that a build writes.</summary>
    public static IEnumerable<string> FilesOf(string folder) => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
        .Where(file => !Path.GetRelativePath(folder, file).Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"));

    /// <summary>Reads the C# files of a folder. They are compiled with the framework, the SDK and the implicit usings.</summary>
    public static CodeBase Read(string folder) => new(
        [
            ImplicitUsings,
            .. FilesOf(folder).Order(StringComparer.Ordinal).Select(File.ReadAllText),
        ],
        NamesSdk: true);

    /// <summary>Compiles the sources. Errors are counted on the error stream, because code from a folder may lack its references.</summary>
    public Compilation Compile()
    {
        Compilation compilation = CSharpCompilation.Create(
            "CodeBase",
            Sources.Select(source => CSharpSyntaxTree.ParseText(source, Language)),
            [.. FrameworkFiles().Concat(NamesSdk ? SdkFiles() : []).Select(file => MetadataReference.CreateFromFile(file))],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable));
        Diagnostic[] errors = [.. compilation.GetDiagnostics().Where(found => found.Severity == DiagnosticSeverity.Error)];
        if (errors.Length > 0)
            Console.Error.WriteLine($"{errors.Length} compiler errors, such as: {errors[0]}");

        return compilation;
    }

    internal static IEnumerable<string> FrameworkFiles()
    {
        string folder = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        return ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(file => Path.GetDirectoryName(file) == folder);
    }

    private static IEnumerable<string> SdkFiles() => [typeof(IoAsidSet).Assembly.Location, typeof(UntypedLookup).Assembly.Location];
}
