using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace IoAsid.Typed.Sources.Tests;

/// <summary>A file of C# of the repository.</summary>
/// <param name="Path">The path from the root, with slashes.</param>
/// <param name="Tree">The syntax.</param>
internal sealed record SourceFile(string Path, SyntaxTree Tree)
{
    private static readonly string[] s_roots = ["src", "analyzers", "tests", "samples", "benchmarks"];

    private static readonly CSharpParseOptions s_language = new(LanguageVersion.Preview);

    private static readonly Lazy<IReadOnlyList<SourceFile>> s_all = new(() => [.. Read()]);

    private static readonly string[] s_material =
    [
        "samples/Migration/",
        "benchmarks/IoAsid.Typed.Benchmarks/Analyzers/Templates/",
        "tests/IoAsid.Typed.Analyzers.Tests/Bugs/",
        "tests/IoAsid.Typed.Analyzers.Tests/Corpus/",
        "tests/IoAsid.Typed.Analyzers.Tests/Fixes/Sources/",
        "tests/IoAsid.Typed.Analyzers.Tests/Situations/",
        "tests/IoAsid.Typed.Package.Tests/Consumers/",
    ];

    /// <summary>All files, except those that a build writes.</summary>
    public static IReadOnlyList<SourceFile> All => s_all.Value;

    /// <summary>The folder of its project.</summary>
    public string Project => string.Join('/', Path.Split('/')[..2]);

    /// <summary>Gets a value indicating whether the file is an input or an expected output of tests of the rules. Such a file imitates code of users.</summary>
    public bool IsMaterial => s_material.Any(folder => Path.StartsWith(folder, StringComparison.Ordinal));

    public SyntaxNode Root => Tree.GetRoot();

    public static SourceFile Parse(string path, string code) => new(path, CSharpSyntaxTree.ParseText(code, s_language, path));

    /// <summary>Returns the position and the first line of a node of the file.</summary>
    public string Describe(SyntaxNodeOrToken place) => Describe(place.SpanStart);

    public string Describe(int position)
    {
        int line = Tree.GetText().Lines.GetLineFromPosition(position).LineNumber;
        return string.Create(CultureInfo.InvariantCulture, $"{Path}:{line + 1}: {Tree.GetText().Lines[line].ToString().Trim()}");
    }

    public bool IsOnOneLine(SyntaxNode node)
    {
        FileLinePositionSpan span = Tree.GetLineSpan(node.Span);
        return span.StartLinePosition.Line == span.EndLinePosition.Line;
    }

    private static IEnumerable<SourceFile> Read() =>
        from root in s_roots
        from file in Directory.EnumerateFiles(WorkingTree.PathOf(root), "*.cs", SearchOption.AllDirectories)
        let path = System.IO.Path.GetRelativePath(WorkingTree.PathOf("."), file).Replace('\\', '/')
        where !path.Split('/').Any(folder => folder is "obj" or "bin" or "artifacts")
        orderby path
        select Parse(path, File.ReadAllText(file));
}
