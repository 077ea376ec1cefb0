using System.Collections.Immutable;
using IoAsid.Typed.Analyzers.Tests.Pages;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace IoAsid.Typed.Analyzers.Tests.Verification;

/// <summary>Sources of the working tree for runs of the rules. They are read as files and are no part of this assembly.</summary>
/// <param name="Files">Texts by path.</param>
/// <param name="Kind">The kind of the output: a console application if the sources have top-level statements.</param>
internal sealed record SourceFolder(ImmutableSortedDictionary<string, string> Files, OutputKind Kind)
{
    private const string ImplicitUsings =
        "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Threading; global using System.Threading.Tasks;";

    public static SourceFolder Corpus { get; } = new(Read("tests/IoAsid.Typed.Analyzers.Tests/Corpus"), OutputKind.ConsoleApplication);

    /// <summary>Returns the folder of a project, with the usings that a project has.</summary>
    public static SourceFolder Of(string path) =>
        new(Read(path).SetItem("ImplicitUsings.cs", ImplicitUsings), OutputKind.DynamicallyLinkedLibrary);

    public CSharpCompilation Compile() => CSharpCompilation.Create(
        "UnderTest",
        Files.Select(file => CSharpSyntaxTree.ParseText(file.Value, TestProject.Parse, file.Key)),
        [.. TestProject.Framework, .. TestProject.Sdk],
        TestProject.Compile.WithOutputKind(Kind));

    private static ImmutableSortedDictionary<string, string> Read(string path) =>
        Directory.EnumerateFiles(Path.Combine(RulePages.Repository, path), "*.cs", SearchOption.AllDirectories)
            .Where(file => !Path.GetRelativePath(RulePages.Repository, file).Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"))
            .ToImmutableSortedDictionary(file => Path.GetRelativePath(RulePages.Repository, file), File.ReadAllText, StringComparer.Ordinal);
}
