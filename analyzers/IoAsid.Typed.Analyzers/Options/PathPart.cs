using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Analyzers;

/// <summary>One name of a path, with its type arguments if it has any.</summary>
internal sealed class PathPart
{
    private static readonly SymbolDisplayFormat Qualified = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces,
        genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters);

    private static readonly SymbolDisplayFormat QualifiedKeywords = Qualified.WithMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.UseSpecialTypes);

    private PathPart(string name, ImmutableArray<string> arguments)
    {
        Name = name;
        Arguments = arguments;
    }

    public string Name { get; }

    /// <summary>The type arguments as they are written, without spaces; empty for any.</summary>
    public ImmutableArray<string> Arguments { get; }

    /// <summary>Splits a path at its dots outside type arguments.</summary>
    public static ImmutableArray<PathPart> Parse(string path) => [.. Split(path, '.').Select(Of)];

    /// <summary>Returns true if a type or namespace has this name, and a type the arguments. The names of its type parameters match any arguments.</summary>
    /// <param name="symbol">The type or namespace, as it is used.</param>
    /// <param name="ofDefinition">Whether only the number of arguments counts, because the symbol is a definition.</param>
    public bool Matches(ISymbol symbol, bool ofDefinition)
    {
        if (!string.Equals(symbol.Name, Name, StringComparison.Ordinal))
            return false;

        if (Arguments.IsEmpty)
            return true;

        if (symbol is not INamedTypeSymbol type || type.TypeArguments.Length != Arguments.Length)
            return false;

        return ofDefinition
            || Arguments.SequenceEqual(type.TypeParameters.Select(parameter => parameter.Name), StringComparer.Ordinal)
            || type.TypeArguments.Zip(Arguments, IsWrittenAs).All(same => same);
    }

    private static bool IsWrittenAs(ITypeSymbol type, string text)
    {
        string written = type.IsReferenceType ? text.TrimEnd('?') : text;
        return new[] { QualifiedKeywords, Qualified, SymbolDisplayFormat.MinimallyQualifiedFormat }
            .Any(format => string.Equals(Compact(type.WithNullableAnnotation(NullableAnnotation.None).ToDisplayString(format)), written, StringComparison.Ordinal));
    }

    private static PathPart Of(string text)
    {
        int open = text.IndexOf('<');
        return open > 0 && text.EndsWith(">", StringComparison.Ordinal)
            ? new PathPart(text.Substring(0, open).Trim(), [.. Split(text.Substring(open + 1, text.Length - open - 2), ',').Select(Compact)])
            : new PathPart(WithoutArity(text).Trim(), []);
    }

    /// <summary>Returns a name without the number of type parameters, which documentation ids write behind a backtick.</summary>
    private static string WithoutArity(string text) => text.Split('`')[0];

    private static string Compact(string text) => text.Replace(" ", "");

    private static IEnumerable<string> Split(string text, char separator)
    {
        int start = 0;
        int depth = 0;
        for (int i = 0; i < text.Length; i++)
        {
            depth += text[i] switch { '<' or '(' or '[' => 1, '>' or ')' or ']' => -1, _ => 0 };
            if (text[i] == separator && depth == 0)
            {
                yield return text.Substring(start, i - start);
                start = i + 1;
            }
        }

        yield return text.Substring(start);
    }
}
