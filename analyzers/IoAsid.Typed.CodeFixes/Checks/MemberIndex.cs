using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.CodeFixes;

/// <summary>The place of a changed member among all members, by which it is found again: a fix adds and removes no member.</summary>
internal static class MemberIndex
{
    /// <summary>Returns the member around a node, or the whole file for top-level statements, which see each other's variables.</summary>
    public static SyntaxNode MemberAround(SyntaxNode site) => site.AncestorsAndSelf().First(node => IsMember(node) || node.Parent is null);

    /// <summary>Returns the member of a changed root that corresponds to the one around a node of the unchanged root.</summary>
    public static SyntaxNode SameMember(SyntaxNode site, SyntaxNode changedRoot)
    {
        SyntaxNode member = MemberAround(site);
        return member.Parent is null
            ? changedRoot
            : Members(changedRoot).ElementAt(Members(member.AncestorsAndSelf().Last()).TakeWhile(other => other != member).Count());
    }

    private static IEnumerable<SyntaxNode> Members(SyntaxNode root) => root.DescendantNodes().Where(IsMember);

    private static bool IsMember(SyntaxNode node) => node is MemberDeclarationSyntax and not GlobalStatementSyntax;
}
