using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers.Flow;

/// <summary>What a value is before the language converts it. A conversion that a user wrote as an operator makes another value.</summary>
internal static class Unconverted
{
    public static IOperation? Of(IOperation? value)
    {
        while (value is IConversionOperation { OperatorMethod: null } conversion)
            value = conversion.Operand;

        return value;
    }
}
