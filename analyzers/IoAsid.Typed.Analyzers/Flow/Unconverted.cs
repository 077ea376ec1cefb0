using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>A value before the language converts it, also to a nullable type and back. A conversion that a user wrote as an operator makes another value.</summary>
internal static class Unconverted
{
    public static IOperation? Of(IOperation? value)
    {
        while (Operand(value) is { } operand)
            value = operand;

        return value;
    }

    /// <summary>Returns the operand of a conversion, or null if an operation does not convert.</summary>
    public static IOperation? Operand(IOperation? value) => value switch
    {
        IConversionOperation { OperatorMethod: null } conversion => conversion.Operand,
        IInvocationOperation { TargetMethod.Name: "GetValueOrDefault", Arguments.IsEmpty: true, Instance: { } nullable } when IsNullable(nullable.Type) => nullable,
        IPropertyReferenceOperation { Property.Name: "Value", Instance: { } nullable } when IsNullable(nullable.Type) => nullable,
        _ => null,
    };

    private static bool IsNullable(ITypeSymbol? type) => type is { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T };
}
