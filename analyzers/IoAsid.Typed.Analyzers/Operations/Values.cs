using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers.Operations;

/// <summary>What happens to a value right where it stands.</summary>
internal static class Values
{
    /// <summary>Whether a call is a statement, also behind <c>?.</c>: nobody takes what it gives.</summary>
    public static bool IsStatement(IOperation call) => call.Parent switch
    {
        _ when !CallStack.HasRoom() => false,
        IExpressionStatementOperation => true,
        IConditionalAccessOperation access => access.WhenNotNull == call && IsStatement(access),
        _ => false,
    };

    /// <summary>Whether something is asked of the value itself, so that null would be an error.</summary>
    public static bool IsDereferenced(IOperation value) => value.Parent switch
    {
        IInvocationOperation call => call.Instance == value,
        IMemberReferenceOperation reference => reference.Instance == value,
        _ => false,
    };

    /// <summary>Whether the value is looked at: compared, matched, or asked with <c>?.</c> or <c>??</c>; or dropped on purpose.</summary>
    public static bool IsTested(IOperation value) => value.Parent switch
    {
        _ when !CallStack.HasRoom() => true,
        IIsPatternOperation or IIsTypeOperation or ISwitchOperation or ISwitchExpressionOperation => true,
        IBinaryOperation or ICoalesceOperation or ICoalesceAssignmentOperation => true,
        IConditionalAccessOperation access => access.Operation == value,
        ISimpleAssignmentOperation { Target: IDiscardOperation } => true,
        IConversionOperation conversion => IsTested(conversion),
        _ => false,
    };

    /// <summary>Whether the value bears a <c>!</c>: its author says that it is there.</summary>
    public static bool IsAsserted(IOperation value) => Outermost(value.Syntax).Parent.IsKind(SyntaxKind.SuppressNullableWarningExpression);

    public static bool IsCheckedForNull(IOperation value) =>
        value.SemanticModel!.GetNullableContext(value.Syntax.SpanStart).WarningsEnabled();

    /// <summary>
    /// Whether the compiler's flow says that the value may be null here. Only where <see cref="IsCheckedForNull"/>. A value under a <c>!</c> is not null to the compiler, so it
    /// is asked what it would say without.
    /// </summary>
    public static bool MayBeNull(IOperation value) =>
        value.Syntax is ExpressionSyntax syntax
        && value.SemanticModel!.GetSpeculativeTypeInfo(syntax.SpanStart, syntax.WithoutTrivia(), SpeculativeBindingOption.BindAsExpression)
            .Nullability.FlowState == NullableFlowState.MaybeNull;

    private static SyntaxNode Outermost(SyntaxNode syntax)
    {
        while (syntax.Parent is ParenthesizedExpressionSyntax parentheses)
            syntax = parentheses;

        return syntax;
    }

    /// <summary>Whether a condition goes straight into a branch, where the compiler's flow follows it.</summary>
    public static bool IsBranchedOn(IOperation condition) => condition.Parent switch
    {
        _ when !CallStack.HasRoom() => false,
        IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } not => IsBranchedOn(not),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd or BinaryOperatorKind.ConditionalOr } both => IsBranchedOn(both),
        IConditionalOperation choice => choice.Condition == condition,
        IWhileLoopOperation loop => loop.Condition == condition,
        IForLoopOperation loop => loop.Condition == condition,
        _ => false,
    };
}
