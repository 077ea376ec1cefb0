using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>One use of an untyped lookup: the operation, the member that is used, and the sets it is given.</summary>
internal sealed class UntypedLookupUse
{
    /// <summary>The kinds of operations that can use a method or delegate by its name, apart from plain calls.</summary>
    public static readonly ImmutableArray<OperationKind> OtherKinds =
    [
        OperationKind.MethodReference,
        OperationKind.DynamicInvocation,
        OperationKind.DynamicIndexerAccess,
    ];

    /// <summary>The kinds that can use an operator. They are the most frequent kinds, and hardly ever a use.</summary>
    public static readonly ImmutableArray<OperationKind> OperatorKinds =
    [
        OperationKind.Binary,
        OperationKind.Unary,
        OperationKind.Conversion,
    ];

    private UntypedLookupUse(IOperation operation, ISymbol member, IEnumerable<IOperation?> givenTo, SdkSymbols sdk)
    {
        Operation = operation;
        Member = member;
        Sets = [.. givenTo.OfType<IOperation>().Select(set => WithoutConversions(set, sdk))];
        Presence = PresenceOf(Sets);
    }

    public IOperation Operation { get; }

    public ISymbol Member { get; }

    /// <summary>The sets of the lookup, without conversions between kinds of sets. Most lookups have one.</summary>
    public ImmutableArray<IOperation> Sets { get; }

    public SetPresence Presence { get; }

    /// <summary>The place where the use is reported: the name of the used member, without its arguments.</summary>
    public SyntaxNode Site => MemberSite.NameIn(Operation.Syntax);

    /// <summary>Returns the given set, if it is not null, typed, and does not contradict the expectation of the code.</summary>
    public IOperation? TypedSetThatFits(ImmutableArray<ITypeSymbol> expected, SdkSymbols sdk) =>
        Sets.Length == 1
        && Presence == SetPresence.There
        && sdk.DataTypeOf(Sets[0].Type) is { } data
        && DataFits.Of(data, expected, Operation.SemanticModel!.Compilation) != DataFit.None
            ? Sets[0]
            : null;

    /// <summary>Returns a set as it was written, the <c>!</c> that vouches for it included.</summary>
    public static SyntaxNode Written(IOperation set) =>
        set.Syntax.Parent is { } parent && parent.IsKind(SyntaxKind.SuppressNullableWarningExpression) ? parent : set.Syntax;

    /// <summary>Returns the use that an operation is, or null.</summary>
    public static UntypedLookupUse? Find(IOperation operation, UntypedLookupCatalog catalog)
    {
        if (MemberOf(operation) is { } member)
        {
            return catalog.Contains(member, operation.Syntax.SyntaxTree) && IsEvaluated(operation)
                ? new UntypedLookupUse(operation, member, SetsGivenTo(operation, catalog.Sdk), catalog.Sdk)
                : null;
        }

        return operation is IDynamicInvocationOperation or IDynamicIndexerAccessOperation
            ? LateBound(operation, catalog)
            : null;
    }

    private static ISymbol? MemberOf(IOperation operation) => operation switch
    {
        IInvocationOperation { TargetMethod: { MethodKind: MethodKind.DelegateInvoke } invoke } => invoke.ContainingType,
        IInvocationOperation call => call.TargetMethod,
        IMethodReferenceOperation reference => reference.Method,
        IPropertyReferenceOperation reference => reference.Property,
        IBinaryOperation binary => binary.OperatorMethod,
        IUnaryOperation unary => unary.OperatorMethod,
        IConversionOperation conversion => conversion.OperatorMethod,
        _ => null,
    };

    /// <summary>Returns true if the operation is evaluated: it is not in <c>nameof</c>, and is no property that is only written.</summary>
    private static bool IsEvaluated(IOperation operation)
    {
        if (operation is IPropertyReferenceOperation && Ways.IsOnlyWritten(operation))
            return false;

        for (IOperation? outer = operation.Parent; outer is not null; outer = outer.Parent)
        {
            if (outer is INameOfOperation)
                return false;
        }

        return true;
    }

    private static IEnumerable<IOperation?> SetsGivenTo(IOperation operation, SdkSymbols sdk) => operation switch
    {
        IInvocationOperation call => SetsAmong(call.Instance, call.Arguments, sdk),
        IPropertyReferenceOperation { Parent: IInvocationOperation { TargetMethod.MethodKind: MethodKind.DelegateInvoke } call }
            when call.Instance == operation => SetsAmong(null, call.Arguments, sdk),
        IPropertyReferenceOperation property => SetsAmong(property.Instance, property.Arguments, sdk),
        IBinaryOperation binary => new[] { binary.LeftOperand, binary.RightOperand }.Where(operand => sdk.IsSetOrReader(operand.Type)),
        IUnaryOperation unary => new[] { unary.Operand }.Where(operand => sdk.IsSetOrReader(operand.Type)),
        IConversionOperation conversion => new[] { conversion.Operand }.Where(operand => sdk.IsSetOrReader(operand.Type)),
        _ => [],
    };

    private static IEnumerable<IOperation?> SetsAmong(IOperation? receiver, ImmutableArray<IArgumentOperation> arguments, SdkSymbols sdk) =>
        arguments
            .Where(argument => sdk.IsSetOrReader(argument.Parameter?.Type))
            .Select(argument => argument.Value)
            .Prepend(sdk.IsSetOrReader(receiver?.Type) ? receiver : null);

    /// <summary>Returns the use of a member that is chosen at run time because of a dynamic argument, if every candidate is an untyped lookup.</summary>
    private static UntypedLookupUse? LateBound(IOperation operation, UntypedLookupCatalog catalog)
    {
        SymbolInfo info = operation.SemanticModel!.GetSymbolInfo(operation.Syntax);
        ImmutableArray<ISymbol> candidates = info.Symbol is { } only ? [only] : info.CandidateSymbols;
        if (candidates.IsEmpty
            || !candidates.All(candidate => catalog.Contains(candidate, operation.Syntax.SyntaxTree))
            || !IsEvaluated(operation))
            return null;

        return new UntypedLookupUse(operation, candidates[0], LateBoundSets(operation, candidates, catalog.Sdk), catalog.Sdk);
    }

    private static IEnumerable<IOperation> LateBoundSets(IOperation operation, ImmutableArray<ISymbol> candidates, SdkSymbols sdk)
    {
        ImmutableArray<IOperation> arguments = operation switch
        {
            IDynamicInvocationOperation call => call.Arguments,
            IDynamicIndexerAccessOperation indexer => indexer.Arguments,
            _ => [],
        };

        return arguments.Where((argument, position) =>
        {
            string? name = (argument.Syntax.Parent as ArgumentSyntax)?.NameColon?.Name.Identifier.ValueText;
            return candidates.All(candidate => sdk.IsSetOrReader(ParameterOf(candidate, name, position)?.Type));
        });
    }

    private static IParameterSymbol? ParameterOf(ISymbol member, string? name, int position)
    {
        ImmutableArray<IParameterSymbol> parameters = member switch
        {
            IMethodSymbol method => method.Parameters,
            IPropertySymbol property => property.Parameters,
            _ => [],
        };

        return name is null
            ? parameters.ElementAtOrDefault(position)
            : parameters.FirstOrDefault(parameter => string.Equals(parameter.Name, name, StringComparison.Ordinal));
    }

    /// <summary>Returns the set as it was written: <c>(IoAsidSet)vm</c> and the conversion to a reader are still the set <c>vm</c>.</summary>
    private static IOperation WithoutConversions(IOperation set, SdkSymbols sdk)
    {
        while (set is IConversionOperation { Operand: { } operand } && sdk.IsSetOrReader(operand.Type))
            set = operand;

        return set;
    }

    /// <summary>Returns the presence of several sets. One null among them is enough, because the code does not show which of them decides.</summary>
    private static SetPresence PresenceOf(ImmutableArray<IOperation> sets) =>
        sets.IsEmpty ? SetPresence.Unspecified : sets.Min(set => SetPresenceJudgement.Of(set));
}
