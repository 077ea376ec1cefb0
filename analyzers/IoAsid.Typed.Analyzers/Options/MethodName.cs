using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

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
        string.Equals(definition.Name, Name, StringComparison.Ordinal)
        && string.Equals(_text, _isDocumentationId ? definition.GetDocumentationCommentId() : PathOf(definition), StringComparison.Ordinal);

    /// <summary>The namespaces, types and name, without type parameters.</summary>
    private static string PathOf(ISymbol symbol) =>
        symbol.ContainingSymbol is null or INamespaceSymbol { IsGlobalNamespace: true }
            ? symbol.Name
            : $"{PathOf(symbol.ContainingSymbol)}.{symbol.Name}";

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
