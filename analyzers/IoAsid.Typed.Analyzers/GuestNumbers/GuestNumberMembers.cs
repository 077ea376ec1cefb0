using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>Knows which numbers a guest controls, and which calls must not get them unchecked.</summary>
internal sealed class GuestNumberMembers(SdkSymbols sdk, Compilation compilation)
{
    private readonly Marks _marks = new(sdk.GuestControlledAttribute, compilation);

    public SdkSymbols Sdk => sdk;

    /// <summary>Gets a value indicating whether a guest controls any number at all.</summary>
    public bool AreThere => _marks.AreThere;

    /// <summary>Returns the marked parameter by which a call gives a number, or null.</summary>
    public ISymbol? MarkedBy(IParameterSymbol given) => _marks.On(given) ? given : null;

    /// <summary>Returns true if an operation may give a marked number to a variable of the function.</summary>
    public bool MayGiveOut(IOperation operation) => operation switch
    {
        IArgumentOperation { Parameter: { RefKind: RefKind.Out or RefKind.Ref } parameter } => _marks.On(parameter),
        IDeconstructionAssignmentOperation { Value.Type: INamedTypeSymbol { IsTupleType: false } type } => Deconstructed.PartsOf(type).Any(_marks.On),
        IRecursivePatternOperation { DeconstructSymbol: IMethodSymbol method } => method.Parameters.Select(Deconstructed.Declared).OfType<IParameterSymbol>().Any(_marks.On),
        _ => false,
    };

    /// <summary>Returns the marked parameter, field, property or method that an operation reads, or null.</summary>
    public ISymbol? SourceIn(IOperation operation) => operation switch
    {
        IParameterReferenceOperation parameter when _marks.On(parameter.Parameter) => parameter.Parameter,
        IFieldReferenceOperation field when _marks.On(field.Field) => field.Field,
        IPropertyReferenceOperation property when _marks.On(property.Property) => property.Property,
        IInvocationOperation call when _marks.OnReturnOf(call.TargetMethod) => call.TargetMethod,
        _ => null,
    };

    public bool IsNumber(ITypeSymbol? type)
    {
        ITypeSymbol? number = type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable ? nullable.TypeArguments[0] : type;
        return IsBareNumber(number) || IsWrapper(number);
    }

    /// <summary>Returns true if a type is a number with a name of its own: the code that wraps, unwraps and compares it does nothing else.</summary>
    public bool IsWrapper(ITypeSymbol? type) => sdk.RawId.Is(type) || sdk.PrivateId.Is(type) || IsOnlyNumber(type);

    private static bool IsBareNumber(ITypeSymbol? type) => type is { SpecialType: >= SpecialType.System_SByte and <= SpecialType.System_UInt64 };

    /// <summary>Returns true if a type is a struct with one number and nothing else. Those of the framework mean times and the like.</summary>
    private static bool IsOnlyNumber(ITypeSymbol? type) =>
        type is INamedTypeSymbol { TypeKind: TypeKind.Struct, SpecialType: SpecialType.None }
        && !IsFrameworks(type)
        && type.GetMembers().OfType<IFieldSymbol>().Where(field => !field.IsStatic).Take(2).ToArray() is { Length: 1 } fields
        && IsBareNumber(fields[0].Type);

    /// <summary>
    /// Returns true if the rule stops following a number at a parameter: of a call that is not on a set or reader, not of the library or the framework, and not
    /// declared to expect a guest's number.
    /// </summary>
    /// <returns>The method that gets the number, or null.</returns>
    public IMethodSymbol? MethodOutOfSight(IOperation operation, IParameterSymbol parameter)
    {
        if (parameter.RefKind == RefKind.Out || !IsNumber(parameter.Type) || _marks.On(parameter))
            return null;

        IOperation? by = operation is IArgumentOperation ? operation.Parent : operation;
        bool isAway = by switch
        {
            IInvocationOperation call => IsAway(call),
            IObjectCreationOperation { Constructor: { } constructor } => IsOthers(constructor) && !IsException(constructor.ContainingType),
            IBinaryOperation or IUnaryOperation or IConversionOperation or ICompoundAssignmentOperation => Ways.MethodRunBy(by) is { } method && IsOthers(method) && !Computes(method),
            _ => false,
        };
        return isAway ? Ways.MethodRunBy(by!) : null;
    }

    /// <summary>Returns true if a method is an operator that gives a number or a comparison. It is followed like the operators of the language.</summary>
    private bool Computes(IMethodSymbol method) =>
        IsWrapper(method.ContainingType) || IsNumber(method.ReturnType) || method.ReturnType.SpecialType == SpecialType.System_Boolean;

    private bool IsAway(IInvocationOperation call) =>
        !sdk.IsSetOrReader(call.Instance?.Type)
        && !call.Arguments.Any(argument => sdk.IsSetOrReader(argument.Parameter?.Type))
        && (call.TargetMethod.MethodKind == MethodKind.DelegateInvoke || IsOthers(call.TargetMethod));

    /// <summary>Returns true if a method is neither the library's nor the framework's, which act on no id without a set, nor one that only gives a number another name or compares it.</summary>
    private bool IsOthers(IMethodSymbol method) =>
        !sdk.Set.Definitions.Any(set => SymbolEqualityComparer.Default.Equals(set.ContainingAssembly, method.ContainingAssembly))
        && !IsFrameworks(method)
        && !(IsWrapper(method.ContainingType) && method is { MethodKind: MethodKind.Constructor } or { Name: "Equals" or "CompareTo" });

    private static bool IsFrameworks(ISymbol symbol)
    {
        INamespaceSymbol? space = symbol.ContainingNamespace;
        while (space is { ContainingNamespace.IsGlobalNamespace: false })
            space = space.ContainingNamespace;

        return space?.Name is "System";
    }

    private static bool IsException(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? ancestor = type; ancestor is not null; ancestor = ancestor.BaseType)
        {
            if (ancestor is { Name: "Exception", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } })
                return true;
        }

        return false;
    }
}
