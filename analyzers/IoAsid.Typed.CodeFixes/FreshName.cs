using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.CodeFixes;

/// <summary>A name for a new variable that means nothing else in the member around a place.</summary>
internal static class FreshName
{
    public static string For(string wanted, SyntaxNode place, SemanticModel model)
    {
        SyntaxNode member = place.Ancestors().First(node => node is MemberDeclarationSyntax and not GlobalStatementSyntax or CompilationUnitSyntax);
        HashSet<string> taken = new(
            member.DescendantTokens().Where(token => token.IsKind(SyntaxKind.IdentifierToken)).Select(token => token.ValueText),
            StringComparer.Ordinal);
        taken.UnionWith(model.LookupSymbols(place.SpanStart).Select(symbol => symbol.Name));

        string name = wanted;
        for (int number = 2; taken.Contains(name); number++)
            name = $"{wanted}{number}";

        return name;
    }
}
