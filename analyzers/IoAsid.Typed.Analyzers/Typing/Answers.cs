using System.Collections.Immutable;
using IoAsid.Typed.Analyzers.Operations;
using IoAsid.Typed.Analyzers.Sdk;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers.Typing;

/// <summary>What comes out of a lookup, and where the code names it.</summary>
internal static class Answers
{
    /// <summary>The most copies of a value that are followed. A local may be named by its own initializer.</summary>
    private const int Depth = 32;

    /// <summary>The places that name a value: where it comes from, and the reads of a local that gets nothing else.</summary>
    public static IEnumerable<IOperation> NamesOf(IOperation value) =>
        Variables.LocalThatGets(value) is { } write ? Variables.Around(write).ReadsOfOnly(write).Prepend(value) : [value];

    /// <summary>The local that an <c>out</c> argument of a call fills, where it is named there.</summary>
    public static IOperation? OutLocal(IInvocationOperation call) => OutArgument(call) switch
    {
        IDeclarationExpressionOperation { Expression: ILocalReferenceOperation declared } => declared,
        ILocalReferenceOperation local => local,
        _ => null,
    };

    public static IOperation? OutArgument(IInvocationOperation call) =>
        call.Arguments.FirstOrDefault(argument => argument.Parameter?.RefKind is RefKind.Out)?.Value;

    /// <summary>
    /// The type of the data that a value is, as the set fixes it, if it comes from a lookup, a hold or a reference and nothing else; null otherwise.
    /// </summary>
    public static ITypeSymbol? DataTypeOf(IOperation value, SdkSymbols sdk, int depth = Depth) => value switch
    {
        _ when depth == 0 => null,
        IConversionOperation { OperatorMethod: null } conversion => DataTypeOf(conversion.Operand, sdk, depth - 1),
        IPropertyReferenceOperation { Property: { Name: "Data", ContainingType: { } type } property } =>
            sdk.Lookup.Is(type) || sdk.Hold.Is(type) || sdk.TypedReference.Is(type) ? property.Type : null,
        ILocalReferenceOperation { Local.IsRef: false } local => DataTypeOf(local, sdk, depth - 1),
        IParameterReferenceOperation parameter => DataTypeOfGetter(parameter, sdk),
        _ => null,
    };

    /// <summary>One place for each way in which a value is named: where it comes from, and the variable it is in.</summary>
    public static IEnumerable<IOperation> WaysToName(IOperation value)
    {
        while (value is IConversionOperation conversion)
            value = conversion.Operand;

        return value is ILocalReferenceOperation local && SoleValueOf(local) is { } origin ? [value, origin] : NamesOf(value).Take(2);
    }

    private static ITypeSymbol? DataTypeOf(ILocalReferenceOperation read, SdkSymbols sdk, int depth)
    {
        if (SoleValueOf(read) is { } value)
            return DataTypeOf(value, sdk, depth);

        return SoleWriteOf(read)?.Parent is { } filled && CallAround(filled) is { TargetMethod.Name: "TryFind" } call
            ? sdk.DataTypeOf(call.TargetMethod.ContainingType)
            : null;
    }

    /// <summary>What a getter written on the spot calls its data.</summary>
    private static ITypeSymbol? DataTypeOfGetter(IParameterReferenceOperation read, SdkSymbols sdk)
    {
        if (read.Parameter is not { Ordinal: 0, ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.AnonymousFunction } getter }
            || Variables.Around(read).IsWritten(read.Parameter))
            return null;

        IOperation? outer = read.Parent;
        while (outer is not null && !(outer is IAnonymousFunctionOperation lambda && SymbolEqualityComparer.Default.Equals(lambda.Symbol, getter)))
            outer = outer.Parent;

        return outer?.Parent is IDelegateCreationOperation { Parent: { } argument } && CallAround(argument) is { TargetMethod.Name: "Find" } call
            ? sdk.DataTypeOf(call.TargetMethod.ContainingType)
            : null;
    }

    private static IInvocationOperation? CallAround(IOperation argument) => argument switch
    {
        IArgumentOperation => argument.Parent as IInvocationOperation,
        IDeclarationExpressionOperation { Parent: IArgumentOperation outer } => outer.Parent as IInvocationOperation,
        _ => null,
    };

    private static IOperation? SoleWriteOf(ILocalReferenceOperation read)
    {
        ImmutableArray<IOperation> writes = [.. Variables.Around(read).WritesOf(read.Local).Take(2)];
        return writes.Length == 1 ? writes[0] : null;
    }

    /// <summary>The value of a local that gets one only: where it is declared, assigned, or named by <c>is { } name</c>.</summary>
    private static IOperation? SoleValueOf(ILocalReferenceOperation read) => SoleWriteOf(read) switch
    {
        IVariableDeclaratorOperation declarator => declarator.GetVariableInitializer()!.Value,
        { Parent: ISimpleAssignmentOperation { IsRef: false } assignment } write when assignment.Target == write => assignment.Value,
        null when !Variables.Around(read).WritesOf(read.Local).Any() => ValueNamedByPattern(read),
        _ => null,
    };

    private static IOperation? ValueNamedByPattern(ILocalReferenceOperation read) =>
        Variables.Around(read).PatternThatNames(read.Local) is IRecursivePatternOperation { Parent: IIsPatternOperation test } ? test.Value : null;
}
