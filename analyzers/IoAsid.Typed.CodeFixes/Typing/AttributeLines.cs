using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.CodeFixes;

/// <summary>Attributes laid out as the code around them is.</summary>
internal static class AttributeLines
{
    /// <summary>
    /// Adds an attribute after those there are: on a line of its own if the member begins one, otherwise beside the member. Comments stay where they are, above it.
    /// </summary>
    public static MemberDeclarationSyntax Add(MemberDeclarationSyntax member, AttributeSyntax attribute)
    {
        AttributeListSyntax list = SyntaxFactory.AttributeList(SyntaxFactory.SingletonSeparatedList(attribute));
        SyntaxToken first = FirstTokenAfterAttributes(member);
        SyntaxTrivia[] gap = GapBelow(first, member.AttributeLists.LastOrDefault());
        MemberDeclarationSyntax placed = member.ReplaceToken(first, first.WithLeadingTrivia(gap.Where(trivia => trivia.IsKind(SyntaxKind.WhitespaceTrivia))));
        return placed.AddAttributeLists(list
            .WithLeadingTrivia(first.LeadingTrivia)
            .WithTrailingTrivia(gap.Length == 0 ? [SyntaxFactory.Space] : gap.Where(trivia => trivia.IsKind(SyntaxKind.EndOfLineTrivia))));
    }

    private static SyntaxToken FirstTokenAfterAttributes(MemberDeclarationSyntax member) =>
        member.AttributeLists.Count == 0 ? member.GetFirstToken() : member.AttributeLists.Last().GetLastToken().GetNextToken();

    /// <summary>Returns a line break and the indentation, or nothing for a member that shares its line with the code before it.</summary>
    private static SyntaxTrivia[] GapBelow(SyntaxToken first, AttributeListSyntax? above)
    {
        SyntaxToken before = above is null ? first.GetPreviousToken() : above.GetLastToken();
        SyntaxTrivia[] breaks = [.. before.TrailingTrivia.Concat(first.LeadingTrivia).Where(trivia => trivia.IsKind(SyntaxKind.EndOfLineTrivia)).Take(1)];
        bool beginsLine = breaks.Length > 0 || before.IsKind(SyntaxKind.None);
        return beginsLine
            ? [.. breaks.DefaultIfEmpty(SyntaxFactory.EndOfLine("\n")), .. first.LeadingTrivia.Reverse().Take(1).Where(trivia => trivia.IsKind(SyntaxKind.WhitespaceTrivia))]
            : [];
    }
}
