using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>
/// The equality of the values of two expressions, as long as nothing is written that they read: the same variable, the same member of the same thing, the same
/// number. What calls return is never the same.
/// </summary>
internal static class SameValue
{
    public static bool Have(IOperation? left, IOperation? right) => (WithoutConversion(left), WithoutConversion(right)) switch
    {
        _ when !CallStack.HasRoom() => false,
        (null, null) => true,
        (ILocalReferenceOperation a, ILocalReferenceOperation b) => Same(a.Local, b.Local),
        (IParameterReferenceOperation a, IParameterReferenceOperation b) => Same(a.Parameter, b.Parameter),
        (IInstanceReferenceOperation a, IInstanceReferenceOperation b) => a.ReferenceKind == b.ReferenceKind,
        (IFieldReferenceOperation a, IFieldReferenceOperation b) => Same(a.Field, b.Field) && Have(a.Instance, b.Instance),
        (IPropertyReferenceOperation a, IPropertyReferenceOperation b) =>
            a.Arguments.IsEmpty && Same(a.Property, b.Property) && Have(a.Instance, b.Instance),
        (ILiteralOperation a, ILiteralOperation b) => Equals(a.ConstantValue.Value, b.ConstantValue.Value),
        (IObjectCreationOperation a, IObjectCreationOperation b) =>
            a.Initializer is null && b.Initializer is null && Same(a.Constructor, b.Constructor) && HaveAll(a.Arguments, b.Arguments),
        _ => false,
    };

    /// <summary>Returns the symbol that two equal values have in common: the one that they read last. Null where nothing is read.</summary>
    public static ISymbol? KeyOf(IOperation? value) => WithoutConversion(value) switch
    {
        _ when !CallStack.HasRoom() => null,
        ILocalReferenceOperation reference => reference.Local,
        IParameterReferenceOperation reference => reference.Parameter,
        IFieldReferenceOperation reference => reference.Field,
        IPropertyReferenceOperation reference => reference.Property,
        IObjectCreationOperation { Arguments.Length: 1 } creation => KeyOf(creation.Arguments[0].Value) ?? creation.Constructor,
        _ => null,
    };

    /// <summary>Returns all that a value reads: when one of them is written, the value is another.</summary>
    public static IEnumerable<ISymbol> ReadBy(IOperation value) =>
        value.DescendantsAndSelf().Select(KeyOf).OfType<ISymbol>();

    private static bool HaveAll(ImmutableArray<IArgumentOperation> left, ImmutableArray<IArgumentOperation> right)
    {
        for (int index = 0; index < left.Length; index++)
        {
            if (!Have(left[index].Value, right[index].Value))
                return false;
        }

        return true;
    }

    private static IOperation? WithoutConversion(IOperation? value)
    {
        while (value is IConversionOperation { OperatorMethod: null } conversion)
            value = conversion.Operand;

        return value;
    }

    private static bool Same(ISymbol? left, ISymbol? right) => SymbolEqualityComparer.Default.Equals(left, right);
}
