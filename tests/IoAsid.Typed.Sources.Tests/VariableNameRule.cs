using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.Sources.Tests;

/// <summary>A parameter or a local is named by a noun or an adjective, never by a question word.</summary>
internal static class VariableNameRule
{
    private static readonly string[] s_questionWords = ["what", "who", "whom", "whose", "which", "why", "how", "when", "where"];

    public static IEnumerable<string> Violations(SourceFile file) =>
        from node in file.Root.DescendantNodes()
        let name = NameOf(node)
        where s_questionWords.Contains(name.ValueText, StringComparer.Ordinal)
        select file.Describe(name);

    private static SyntaxToken NameOf(SyntaxNode node) => node switch
    {
        ParameterSyntax parameter => parameter.Identifier,
        VariableDeclaratorSyntax local => local.Identifier,
        SingleVariableDesignationSyntax local => local.Identifier,
        ForEachStatementSyntax loop => loop.Identifier,
        LetClauseSyntax let => let.Identifier,
        FromClauseSyntax from => from.Identifier,
        _ => SyntaxFactory.MissingToken(SyntaxKind.IdentifierToken),
    };
}
