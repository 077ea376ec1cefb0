using IoAsid.Typed.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers.UntypedLookups;

/// <summary>
/// Judges whether a value is there: by what it is, then by the compiler's nullable flow, and in code without nullable annotations by
/// what can be proven nearby.
/// </summary>
internal static class SetPresenceJudgement
{
    /// <summary>The most values of values that are judged. A local may be named by its own initializer.</summary>
    private const int Depth = 32;

    public static SetPresence Of(IOperation value, int depth = Depth)
    {
        if (depth == 0)
            return SetPresence.MaybeNull;

        if (value is { ConstantValue: { HasValue: true, Value: null } } || IsDefault(value))
            return SetPresence.Null;

        if (value is IInstanceReferenceOperation or IObjectCreationOperation or IDelegateCreationOperation
            or IConditionalAccessInstanceOperation or IThrowOperation)
            return SetPresence.There;

        return FlowOf(value) switch
        {
            NullableFlowState.NotNull => SetPresence.There,
            NullableFlowState.MaybeNull => SetPresence.MaybeNull,
            _ => IsProvenThere(value, depth - 1) ? SetPresence.There : SetPresence.MaybeNull,
        };
    }

    /// <summary><c>default</c>, or a struct made by its parameterless constructor: a reader that reads nothing.</summary>
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

    private static bool IsProvenThere(IOperation value, int depth) => value switch
    {
        { Type: { IsValueType: true } type } when type.OriginalDefinition.SpecialType != SpecialType.System_Nullable_T => true,
        IConversionOperation { OperatorMethod: null } conversion => Of(conversion.Operand, depth) == SetPresence.There && !CanFail(conversion),
        ICoalesceOperation coalesce => Of(coalesce.WhenNull, depth) == SetPresence.There,
        IConditionalOperation { WhenFalse: { } whenFalse } choice =>
            Of(choice.WhenTrue, depth) == SetPresence.There && Of(whenFalse, depth) == SetPresence.There,
        ISimpleAssignmentOperation assignment => Of(assignment.Value, depth) == SetPresence.There,
        IInvocationOperation call => call.TargetMethod.ReturnNullableAnnotation == NullableAnnotation.NotAnnotated,
        IPropertyReferenceOperation property => property.Property.NullableAnnotation == NullableAnnotation.NotAnnotated,
        IFieldReferenceOperation field => field.Field.NullableAnnotation == NullableAnnotation.NotAnnotated,
        ILocalReferenceOperation local => ObliviousFlow.IsThere(local, local.Local, depth),
        IParameterReferenceOperation parameter => ObliviousFlow.IsThere(parameter, parameter.Parameter, depth),
        _ => false,
    };

    /// <summary><c>as</c> to a type that the value need not have gives null.</summary>
    private static bool CanFail(IConversionOperation conversion) =>
        conversion.IsTryCast && conversion.Conversion is { IsIdentity: false, IsImplicit: false };
}
