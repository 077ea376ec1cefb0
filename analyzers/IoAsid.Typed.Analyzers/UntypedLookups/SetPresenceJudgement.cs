using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>
/// Judges whether a value is not null: by its kind, then by the compiler's nullable flow, and in code without nullable annotations by the facts on every path to it.
/// </summary>
internal static class SetPresenceJudgement
{
    public static SetPresence Of(IOperation value)
    {
        if (value is { ConstantValue: { HasValue: true, Value: null } } || IsDefault(value))
            return SetPresence.Null;

        if (value is IInstanceReferenceOperation or IObjectCreationOperation or IDelegateCreationOperation
            or IConditionalAccessInstanceOperation or IThrowOperation)
            return SetPresence.There;

        return FlowOf(value) switch
        {
            NullableFlowState.NotNull => SetPresence.There,
            NullableFlowState.MaybeNull => SetPresence.MaybeNull,
            _ => IsNeverNull(value.Type) || ProvenValues.Contain(value) ? SetPresence.There : SetPresence.MaybeNull,
        };
    }

    /// <summary>Returns true if a value is <c>default</c>, or a struct made by its parameterless constructor: a reader that reads nothing.</summary>
    private static bool IsDefault(IOperation value) => Unconverted.Of(value) switch
    {
        IDefaultValueOperation => true,
        IObjectCreationOperation { Type.IsValueType: true, Constructor: null or { IsImplicitlyDeclared: true } } => true,
        _ => false,
    };

    private static NullableFlowState FlowOf(IOperation value) =>
        value is { SemanticModel: { } model, Syntax: ExpressionSyntax syntax }
            ? model.GetTypeInfo(syntax).Nullability.FlowState
            : NullableFlowState.None;

    private static bool IsNeverNull(ITypeSymbol? type) => type is { IsValueType: true, OriginalDefinition.SpecialType: not SpecialType.System_Nullable_T };
}
