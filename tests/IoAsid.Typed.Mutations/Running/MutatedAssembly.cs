using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;

namespace IoAsid.Typed.Mutations;

/// <summary>
/// The target's assembly, compiled from its own sources with a switch at every site, so one assembly contains all mutants. The sources are resources, because a build may
/// map its paths.
/// </summary>
internal sealed class MutatedAssembly
{
    private const string Preamble = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using IoAsid.Typed.Layouts;
        """;

    private static readonly CSharpParseOptions s_language = new(LanguageVersion.CSharp14);

    private MutatedAssembly(MutationTarget target)
    {
        Target = target;
        Dependents = ApplicationAssemblies.DependentsOf(target.Assembly);
        CSharpCompilation sources = CSharpCompilation.Create(
            target.Assembly,
            [.. Sources(), Parse(Preamble + string.Concat(Dependents.Keys.Select(Friend)), "Preamble.cs"), Parse(ReadResource("Injected/Mutant.cs"), "Mutant.cs")],
            ApplicationAssemblies.Except([target.Assembly, .. Dependents.Keys]).Select(path => MetadataReference.CreateFromFile(path)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, allowUnsafe: true));
        SiteBook book = new(SourcePrefix);
        CSharpCompilation mutated = sources;
        foreach (SyntaxTree tree in sources.SyntaxTrees.Where(tree => tree.FilePath.StartsWith(SourcePrefix + target.Folder, StringComparison.Ordinal)))
        {
            MutantWriter writer = new(sources.GetSemanticModel(tree), book);
            SyntaxNode root = writer.Visit(tree.GetRoot());
            mutated = mutated.ReplaceSyntaxTree(tree, Parse(root.ToFullString(), tree.FilePath));
        }

        Image = Emit(mutated);
        Sites = book.Sites;
    }

    public MutationTarget Target { get; }

    public byte[] Image { get; }

    public IReadOnlyList<MutationSite> Sites { get; }

    /// <summary>The paths of the assemblies that refer to the mutated assembly. Each copy of the tests loads its own copies of them.</summary>
    public IReadOnlyDictionary<string, string> Dependents { get; }

    private string SourcePrefix => Target.Assembly + "/";

    public static MutatedAssembly Compile(MutationTarget target) => new(target);

    public static string ReadResource(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The project does not embed {name}.");
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

    private static string Friend(string assembly) => $"""

        [assembly: System.Runtime.CompilerServices.InternalsVisibleTo("{assembly}")]
        """;

    private IEnumerable<SyntaxTree> Sources() => Assembly.GetExecutingAssembly().GetManifestResourceNames()
        .Where(name => name.StartsWith(SourcePrefix, StringComparison.Ordinal))
        .Order(StringComparer.Ordinal)
        .Select(name => Parse(ReadResource(name), name.Replace('\\', '/')));

    private static SyntaxTree Parse(string text, string path) => CSharpSyntaxTree.ParseText(text, s_language, path);
}
