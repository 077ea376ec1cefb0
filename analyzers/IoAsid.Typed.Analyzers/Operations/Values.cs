using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>Questions about a value that its syntax answers. What happens to a value is a question for <see cref="Ways"/>.</summary>
internal static class Values
{
    /// <summary>Returns true if a call is a statement, also behind <c>?.</c>, so that its result is dropped.</summary>
    public static bool IsStatement(IOperation call) => call.Parent switch
    {
        _ when !CallStack.HasRoom() => false,
        IExpressionStatementOperation => true,
        IConditionalAccessOperation access => access.WhenNotNull == call && IsStatement(access),
        _ => false,
    };

    /// <summary>Returns true if a value bears a <c>!</c>: its author vouches that it is not null.</summary>
    public static bool IsAsserted(IOperation value) => Outermost(value.Syntax).Parent.IsKind(SyntaxKind.SuppressNullableWarningExpression);

    /// <summary>Returns true if the compiler tracks nulls where a value stands.</summary>
    public static bool IsCheckedForNull(IOperation value) =>
        value.SemanticModel!.GetNullableContext(value.Syntax.SpanStart).WarningsEnabled();

    private static SyntaxNode Outermost(SyntaxNode syntax)
    {
        while (syntax.Parent is ParenthesizedExpressionSyntax parentheses)
            syntax = parentheses;

        return syntax;
    }
}
