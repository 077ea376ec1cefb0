using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;

namespace IoAsid.Typed.Iommu.Mutations;

/// <summary>
/// The operating system's side, compiled from its own sources with a switch at every site: one assembly is all mutants. The sources are resources, because a
/// build may map its paths.
/// </summary>
internal sealed class MutatedAssembly
{
    public const string Name = "IoAsid.Typed.Iommu";
    public const string TestsName = Name + ".Tests";

    private const string SourceFolder = "Sources/";

    private const string Preamble = $"""
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        [assembly: System.Runtime.CompilerServices.InternalsVisibleTo("{TestsName}")]
        """;

    private static readonly CSharpParseOptions s_language = new(LanguageVersion.CSharp14);

    private MutatedAssembly(byte[] image, IReadOnlyList<MutationSite> sites)
    {
        Image = image;
        Sites = sites;
    }

    public byte[] Image { get; }

    public IReadOnlyList<MutationSite> Sites { get; }

    public static MutatedAssembly Compile()
    {
        CSharpCompilation sources = CSharpCompilation.Create(
            Name,
            [.. Sources(), Parse(Preamble, "Preamble.cs"), Parse(ReadResource("Injected/Mutant.cs"), "Mutant.cs")],
            References(),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, allowUnsafe: true));
        SiteBook book = new();
        CSharpCompilation mutated = sources;
        foreach (SyntaxTree tree in sources.SyntaxTrees.Where(tree => tree.FilePath.StartsWith(SourceFolder, StringComparison.Ordinal)))
        {
            MutantWriter writer = new(sources.GetSemanticModel(tree), tree.FilePath[SourceFolder.Length..], book);
            SyntaxNode root = writer.Visit(tree.GetRoot());
            mutated = mutated.ReplaceSyntaxTree(tree, Parse(root.ToFullString(), tree.FilePath));
        }

        return new MutatedAssembly(Emit(mutated), book.Sites);
    }

    public static string ReadResource(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }

    private static byte[] Emit(CSharpCompilation compilation)
    {
        using MemoryStream image = new();
        EmitResult result = compilation.Emit(image);
        if (result.Success)
            return image.ToArray();
        IEnumerable<string> errors = result.Diagnostics
            .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)
            .Select(error => $"{error}: {error.Location.SourceTree?.GetText().Lines[error.Location.GetLineSpan().StartLinePosition.Line]}");
        throw new InvalidOperationException(
            $"The switches at the sites of mutation do not compile; {nameof(MutantWriter)} must leave out or write otherwise:{Environment.NewLine}{string.Join(Environment.NewLine, errors)}");
    }

    private static IEnumerable<SyntaxTree> Sources() => Assembly.GetExecutingAssembly().GetManifestResourceNames()
        .Where(name => name.StartsWith(SourceFolder, StringComparison.Ordinal))
        .Order(StringComparer.Ordinal)
        .Select(name => Parse(ReadResource(name), name.Replace('\\', '/')));

    private static SyntaxTree Parse(string text, string path) => CSharpSyntaxTree.ParseText(text, s_language, path);

    private static IEnumerable<MetadataReference> References() => ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
        .Split(Path.PathSeparator)
        .Where(path => Path.GetFileNameWithoutExtension(path) is not (Name or TestsName))
        .Select(path => MetadataReference.CreateFromFile(path));
}
