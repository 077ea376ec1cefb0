using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.CodeFixes;

/// <summary>Finds the member again that a repair changed: a repair adds and removes none.</summary>
internal static class MemberIndex
{
    public static SyntaxNode SameMember(SyntaxNode site, SyntaxNode repairedRoot)
    {
        SyntaxNode? member = site.AncestorsAndSelf().FirstOrDefault(IsMember);
        return member is null
            ? repairedRoot
            : Members(repairedRoot).ElementAt(Members(member.AncestorsAndSelf().Last()).TakeWhile(other => other != member).Count());
    }

    private static IEnumerable<SyntaxNode> Members(SyntaxNode root) => root.DescendantNodes().Where(IsMember);

    private static bool IsMember(SyntaxNode node) => node is MemberDeclarationSyntax and not GlobalStatementSyntax;
}
