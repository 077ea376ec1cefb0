using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace IoAsid.Typed.Mutations;

/// <summary>The creation of code that calls the switch of the mutated assembly.</summary>
internal static class MutantSyntax
{
    private static readonly ExpressionSyntax s_mutant = ParseExpression("global::IoAsid.Typed.Mutations.Mutant");

    public static ExpressionSyntax Keeps(int site) => Ask("Keeps", Number(site));

    public static ExpressionSyntax Drops(int site) => Ask("Drops", Number(site));

    public static ExpressionSyntax Flag(int site, ExpressionSyntax value) => Ask("Flag", Number(site), value);

    public static ExpressionSyntax Hold(int site, params ReadOnlySpan<ExpressionSyntax> hold) => Ask("Hold", [Number(site), .. hold]);

    /// <summary>Wraps a statement in braces, so that a following else stays with its if.</summary>
    public static BlockSyntax StatementIfKept(int site, StatementSyntax statement) => Block(IfStatement(Keeps(site), Block(statement.WithoutTrivia())));

    public static ExpressionSyntax ValueIfKept(int site, ExpressionSyntax value, ExpressionSyntax otherwise) => ParenthesizedExpression(
        ConditionalExpression(Keeps(site), ParenthesizedExpression(value.WithoutTrivia()), ParenthesizedExpression(otherwise.WithoutTrivia())));

    public static ExpressionSyntax NeverTrue(int site, ExpressionSyntax condition) => Join(SyntaxKind.LogicalAndExpression, condition, Keeps(site));

    public static ExpressionSyntax AlwaysTrue(int site, ExpressionSyntax condition) => Join(SyntaxKind.LogicalOrExpression, condition, Drops(site));

    /// <summary>Returns the body of a loop with a count of its iterations.</summary>
    public static BlockSyntax Counted(StatementSyntax body) => Block(ExpressionStatement(Ask("Turn")), body);

    private static ParenthesizedExpressionSyntax Join(SyntaxKind kind, ExpressionSyntax condition, ExpressionSyntax question) =>
        ParenthesizedExpression(BinaryExpression(kind, ParenthesizedExpression(condition.WithoutTrivia()), question));

    private static InvocationExpressionSyntax Ask(string question, params ReadOnlySpan<ExpressionSyntax> arguments)
    {
        ArgumentSyntax[] all = new ArgumentSyntax[arguments.Length];
        for (int at = 0; at < all.Length; at++)
            all[at] = Argument(arguments[at].WithoutTrivia());
        return InvocationExpression(
            MemberAccessExpression(SyntaxKind.SimpleMemberAccessExpression, s_mutant, IdentifierName(question)),
            ArgumentList(SeparatedList(all)));
    }

    private static LiteralExpressionSyntax Number(int site) => LiteralExpression(SyntaxKind.NumericLiteralExpression, Literal(site));
}
