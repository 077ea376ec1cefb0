using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers.Flow;

/// <summary>What an operation does to a value that is one of its operands.</summary>
internal enum ValueUse
{
    /// <summary>It looks at the value, or gives it another name of this function: nothing happens to it.</summary>
    Kept,

    /// <summary>It calls a member of the value.</summary>
    Called,

    /// <summary>It is an argument: what happens depends on the parameter.</summary>
    Argument,

    /// <summary>It is stored, captured, returned or otherwise put where nobody sees it any more.</summary>
    PassedOn,
}

/// <summary>Tells the uses apart.</summary>
internal static class ValueUses
{
    public static ValueUse Of(IOperation operation, IOperation value, FlowGraph graph) => operation switch
    {
        IConversionOperation { OperatorMethod: null } => ValueUse.Kept,
        IFlowCaptureOperation or IDeclarationExpressionOperation or IExpressionStatementOperation => ValueUse.Kept,
        ISimpleAssignmentOperation { IsRef: false } assignment => assignment.Target == value || IsOwn(assignment.Target, graph)
            ? ValueUse.Kept
            : ValueUse.PassedOn,
        ICompoundAssignmentOperation or IIncrementOrDecrementOperation => ValueUse.Kept,
        IArgumentOperation { Parameter.RefKind: RefKind.Out } => ValueUse.Kept,
        IArgumentOperation { Parameter: not null } => ValueUse.Argument,
        IInvocationOperation => ValueUse.Called,
        IPropertyReferenceOperation or IFieldReferenceOperation => ValueUse.Kept,
        IIsNullOperation or IIsPatternOperation or IIsTypeOperation or IBinaryOperation or IUnaryOperation => ValueUse.Kept,
        IInterpolationOperation or IInterpolatedStringOperation => ValueUse.Kept,
        _ => ValueUse.PassedOn,
    };

    private static bool IsOwn(IOperation target, FlowGraph graph) =>
        target is IDiscardOperation || (Slot.Of(graph.Target(target)) is { } slot && graph.Owns(slot));
}
