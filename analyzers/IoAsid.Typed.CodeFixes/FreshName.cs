using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace IoAsid.Typed.CodeFixes;

/// <summary>A name for a new variable that means nothing else in the member around a place.</summary>
internal static class FreshName
{
    public static string For(string wanted, SyntaxNode place, SemanticModel model)
    {
        SyntaxNode member = MemberIndex.MemberAround(place);
        HashSet<string> taken = new(
            member.DescendantTokens().Where(token => token.IsKind(SyntaxKind.IdentifierToken)).Select(token => token.ValueText),
            StringComparer.Ordinal);
        taken.UnionWith(DisabledCode.WordsIn(member));
        taken.UnionWith(model.LookupSymbols(place.SpanStart).Select(symbol => symbol.Name));

        string name = wanted;
        for (int number = 2; taken.Contains(name); number++)
            name = $"{wanted}{number}";

        return name;
    }
}
