using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.Sources.Tests;

/// <summary>Bodies of several lines have braces, and bodies of one line have none. Either all branches of an <c>if</c> have braces or none has.</summary>
internal static class BraceRule
{
    public static IEnumerable<string> Violations(SourceFile file)
    {
        foreach (StatementSyntax body in file.Root.DescendantNodes().OfType<StatementSyntax>().Where(IsBody))
        {
            bool needsBraces = BranchesWith(body).Any(branch => NeedsBraces(file, branch));
            if (needsBraces && body is not (BlockSyntax or IfStatementSyntax { Parent: ElseClauseSyntax }))
                yield return $"{file.Describe(body)} needs braces";
            else if (!needsBraces && body is BlockSyntax)
                yield return $"{file.Describe(body.Parent!)} has braces around one line";
        }
    }

    private static bool IsBody(StatementSyntax statement) => statement.Parent switch
    {
        IfStatementSyntax or ElseClauseSyntax or WhileStatementSyntax or DoStatementSyntax or CommonForEachStatementSyntax or ForStatementSyntax => true,
        UsingStatementSyntax or LockStatementSyntax or FixedStatementSyntax => true,
        _ => false,
    };

    private static IEnumerable<StatementSyntax> BranchesWith(StatementSyntax body)
    {
        SyntaxNode parent = body.Parent is ElseClauseSyntax ? body.Parent.Parent! : body.Parent!;
        if (parent is not IfStatementSyntax chain)
            return [body];
        while (chain.Parent is ElseClauseSyntax { Parent: IfStatementSyntax before })
            chain = before;
        return BranchesOf(chain);
    }

    private static IEnumerable<StatementSyntax> BranchesOf(IfStatementSyntax chain) => chain.Else?.Statement switch
    {
        null => [chain.Statement],
        IfStatementSyntax next => [chain.Statement, .. BranchesOf(next)],
        { } last => [chain.Statement, last],
    };

    private static bool NeedsBraces(SourceFile file, StatementSyntax body)
    {
        if (body is not BlockSyntax block)
            return !file.IsOnOneLine(body) && !IsStacked(body);
        // A declaration needs a block, and without braces an inner "if" would take the "else" of the outer one.
        return block.Statements is not [var only]
            || only is LocalDeclarationStatementSyntax or LocalFunctionStatementSyntax or LabeledStatementSyntax or IfStatementSyntax
            || !file.IsOnOneLine(only)
            || block.DescendantTrivia().Any(trivia => trivia.IsKind(SyntaxKind.SingleLineCommentTrivia) || trivia.IsDirective);
    }

    // Nested "using" or "fixed" statements need no braces between them.
    private static bool IsStacked(StatementSyntax body) => body is UsingStatementSyntax or FixedStatementSyntax && body.Parent is { } outer && outer.IsKind(body.Kind());
}
