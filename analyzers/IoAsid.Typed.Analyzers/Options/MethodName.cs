using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace IoAsid.Typed.Analyzers.Options;

/// <summary>A method or property named by a user: by documentation id, or as <c>Namespace.Type.Method</c> for all its overloads.</summary>
internal sealed class MethodName
{
    private readonly string _text;
    private readonly bool _isDocumentationId;

    private MethodName(string text)
    {
        _text = text;
        _isDocumentationId = text.Length > 2 && text[1] == ':';
        Name = BareName(_isDocumentationId ? text.Substring(2) : text);
    }

    /// <summary>The bare name, a cheap first test.</summary>
    public string Name { get; }

    /// <summary>Whether this can be the name of anything: a path of identifiers, or a documentation id of a method, property or delegate.</summary>
    public bool IsWellFormed => _isDocumentationId
        ? _text[0] is 'M' or 'P' or 'T' && _text.Length > 2 && Array.TrueForAll(Path.Split('.'), part => part.Length > 0)
        : _text.Contains('.') && Array.TrueForAll(_text.Split('.'), SyntaxFacts.IsValidIdentifier);

    /// <summary>Everything before parameters, without the prefix of a documentation id.</summary>
    private string Path => (_isDocumentationId ? _text.Substring(2) : _text).Split('(')[0];

    /// <summary>Reads a list; names are separated by <c>|</c> or, outside parentheses, by commas (a semicolon begins a comment).</summary>
    public static ImmutableArray<MethodName> ParseList(string list)
    {
        ImmutableArray<MethodName>.Builder names = ImmutableArray.CreateBuilder<MethodName>();
        foreach (string text in Split(list))
        {
            if (text.Trim() is { Length: > 0 } trimmed)
                names.Add(new MethodName(trimmed));
        }

        return names.ToImmutable();
    }

    public bool Names(ISymbol definition) =>
        string.Equals(NameOf(definition), Name, StringComparison.Ordinal)
        && string.Equals(_text, _isDocumentationId ? definition.GetDocumentationCommentId() : PathOf(definition), StringComparison.Ordinal);

    /// <summary>
    /// The type that the name speaks of, if a compilation knows it and it has no such member; null if all is well, or the type is not known here: another project
    /// that shares the file may know it.
    /// </summary>
    public INamedTypeSymbol? TypeWithoutIt(Compilation compilation)
    {
        if (Path.LastIndexOf('.') is var dot && dot < 0)
            return null;

        INamedTypeSymbol[] types = [.. TypesNamed(Path.Substring(0, dot), compilation)];
        return types.Length == 0 || Array.Exists(types, type => type.GetMembers().Concat(type.GetTypeMembers()).Any(Names)) ? null : types[0];
    }

    public override string ToString() => _text;

    /// <summary>Types by their path; a nested one has a plus where the path has a dot.</summary>
    private static IEnumerable<INamedTypeSymbol> TypesNamed(string path, Compilation compilation)
    {
        while (true)
        {
            foreach (INamedTypeSymbol type in compilation.GetTypesByMetadataName(path))
                yield return type;

            int dot = path.LastIndexOf('.');
            if (dot < 0)
                yield break;

            path = $"{path.Substring(0, dot)}+{path.Substring(dot + 1)}";
        }
    }

    /// <summary>The namespaces, types and name, without type parameters.</summary>
    private static string PathOf(ISymbol symbol) =>
        symbol.ContainingSymbol is null or INamespaceSymbol { IsGlobalNamespace: true } || !CallStack.HasRoom()
            ? symbol.Name
            : $"{PathOf(symbol.ContainingSymbol)}.{NameOf(symbol)}";

    /// <summary>An indexer goes by the name it has outside C#: <c>Item</c>.</summary>
    private static string NameOf(ISymbol symbol) => symbol is IPropertySymbol { IsIndexer: true } ? symbol.MetadataName : symbol.Name;

    /// <summary>What stands after the last dot of the path, without parameters and arity.</summary>
    private static string BareName(string text)
    {
        string path = text.Split('(')[0];
        return path.Substring(path.LastIndexOf('.') + 1).Split('`', '~')[0];
    }

    private static IEnumerable<string> Split(string list)
    {
        int start = 0;
        int depth = 0;
        for (int i = 0; i < list.Length; i++)
        {
            depth += list[i] switch { '(' or '{' or '[' => 1, ')' or '}' or ']' => -1, _ => 0 };
            if (list[i] is '|' || (list[i] is ',' && depth <= 0))
            {
                yield return list.Substring(start, i - start);
                start = i + 1;
                depth = 0;
            }
        }

        yield return list.Substring(start);
    }
}
