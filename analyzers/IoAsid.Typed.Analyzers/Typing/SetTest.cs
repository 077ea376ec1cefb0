using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>A question by <c>is</c>, <c>as</c>, cast or pattern whether a set is one of exactly some data type.</summary>
internal sealed class SetTest
{
    private readonly IOperation _operation;
    private readonly ISymbol _containing;
    private readonly SdkSymbols _sdk;

    private SetTest(IOperation operation, ISymbol containing, INamedTypeSymbol set, SdkSymbols sdk)
    {
        _operation = operation;
        _containing = containing;
        _sdk = sdk;
        Set = set;
    }

    /// <summary>The tested type.</summary>
    public INamedTypeSymbol Set { get; }

    public ITypeSymbol Data => Set.TypeArguments[0];

    /// <summary>The type where it is written.</summary>
    public SyntaxNode Site => _operation.Syntax switch
    {
        CastExpressionSyntax cast => cast.Type,
        BinaryExpressionSyntax binary => binary.Right,
        DeclarationPatternSyntax pattern => pattern.Type,
        TypePatternSyntax pattern => pattern.Type,
        RecursivePatternSyntax { Type: { } type } => type,
        SyntaxNode other => other,
    };

    /// <summary>Gets a value indicating whether the result is changed, or returns a handle or a subset, which needs a set of exactly this type.</summary>
    public bool NeedsExactSet => Results().Any(result => result.Parent switch
    {
        IInvocationOperation call => call.Instance == result && IsForExactSets(call.TargetMethod),
        IMethodReferenceOperation reference => reference.Instance == result && IsForExactSets(reference.Method),
        _ => false,
    });

    /// <summary>Gets a value indicating whether the switch around the test also names a set of a subtype, so that the code handles narrowed sets.</summary>
    public bool KnowsNarrowedSets
    {
        get
        {
            IOperation? choice = _operation.Parent;
            while (choice is not (null or ISwitchOperation or ISwitchExpressionOperation))
                choice = choice.Parent;

            return _operation is IPatternOperation && choice?.Descendants().OfType<IPatternOperation>().Any(other => Narrows(MatchedType(other))) == true;
        }
    }

    /// <summary>Returns the test that an operation is, or null.</summary>
    public static SetTest? Of(IOperation? operation, ISymbol containing, SdkSymbols sdk)
    {
        (ITypeSymbol? asked, ITypeSymbol? value) = operation switch
        {
            IIsTypeOperation test => (test.TypeOperand, TypeBehindConversions(test.ValueOperand)),
            IPatternOperation pattern => (MatchedType(pattern), pattern.InputType),
            IConversionOperation { OperatorMethod: null, Conversion.IsImplicit: false } conversion => (conversion.Type, TypeBehindConversions(conversion.Operand)),
            _ => (null, null),
        };
        return asked is INamedTypeSymbol set
            && sdk.TypedSet.Is(set)
            && (sdk.Set.Is(value) || (sdk.TypedSet.Is(value) && !SymbolEqualityComparer.Default.Equals(set, value)))
                ? new SetTest(operation!, containing, set, sdk)
                : null;
    }

    private static ITypeSymbol? TypeBehindConversions(IOperation value)
    {
        while (value is IConversionOperation { OperatorMethod: null } conversion)
            value = conversion.Operand;

        return value.Type;
    }

    private static ITypeSymbol? MatchedType(IPatternOperation pattern) => pattern switch
    {
        IDeclarationPatternOperation { MatchesNull: false } declaration => declaration.MatchedType,
        ITypePatternOperation type => type.MatchedType,
        IRecursivePatternOperation recursive => recursive.MatchedType,
        _ => null,
    };

    private bool Narrows(ITypeSymbol? other) =>
        _sdk.TypedSet.Is(other) && Subtypes.IsBelow(((INamedTypeSymbol)other!).TypeArguments[0], Data);

    /// <summary>Returns the places that are the set as one of that type.</summary>
    private IEnumerable<IOperation> Results() => _operation switch
    {
        IDeclarationPatternOperation { DeclaredSymbol: ILocalSymbol name } => ValuePlaces.Of(name, _operation, _containing),
        IRecursivePatternOperation { DeclaredSymbol: ILocalSymbol name } => ValuePlaces.Of(name, _operation, _containing),
        IConversionOperation => ValuePlaces.Of(_operation, _containing),
        _ => [],
    };

    private bool IsForExactSets(IMethodSymbol method) =>
        _sdk.TypedSet.Is(method.ContainingType)
        && (method.Name is "Allocate" or "TryAllocate" or "TryGetHandle" or "CreateSubset" or "TryFindSubset" or "Close" or "FreeAll"
            || (method.Name is "TryHold" && _sdk.PrivateId.Is(method.Parameters[0].Type)));
}
