using IoAsid.Typed.Analyzers.Sdk;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers.GuestNumbers;

/// <summary>Knows which numbers a guest controls, and which calls must not get them unchecked.</summary>
internal sealed class GuestNumberMembers(SdkSymbols sdk, Compilation compilation)
{
    private readonly Marks _marks = new(sdk.GuestControlledAttribute, compilation);

    public SdkSymbols Sdk => sdk;

    /// <summary>Whether a guest controls any number at all.</summary>
    public bool AreThere => _marks.AreThere;

    public bool IsControlled(IParameterSymbol parameter) => _marks.On(parameter);

    /// <summary>The marked parameter, field, property or method that an operation reads, or null.</summary>
    public ISymbol? SourceIn(IOperation operation) => operation switch
    {
        IParameterReferenceOperation parameter when _marks.On(parameter.Parameter) => parameter.Parameter,
        IFieldReferenceOperation field when _marks.On(field.Field) => field.Field,
        IPropertyReferenceOperation property when _marks.On(property.Property) => property.Property,
        IInvocationOperation call when _marks.OnReturnOf(call.TargetMethod) => call.TargetMethod,
        _ => null,
    };

    public bool IsNumber(ITypeSymbol? type) => type switch
    {
        INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable => IsNumber(nullable.TypeArguments[0]),
        { SpecialType: >= SpecialType.System_SByte and <= SpecialType.System_UInt64 } => true,
        _ => IsWrapper(type),
    };

    /// <summary>A number with a name of its own: its members and constructors do nothing but wrap and unwrap it.</summary>
    public bool IsWrapper(ITypeSymbol? type) => sdk.RawId.Is(type) || sdk.PrivateId.Is(type);

    /// <summary>
    /// Whether an argument takes a number out of sight: into a call that is not on a set or reader, not the library's or the framework's, and not
    /// declared to expect a guest's number.
    /// </summary>
    public bool IsAway(IArgumentOperation argument) =>
        argument.Parameter is { } parameter
        && IsNumber(parameter.Type)
        && !IsControlled(parameter)
        && argument.Parent switch
        {
            IInvocationOperation call => IsAway(call),
            IObjectCreationOperation { Constructor: { } constructor } => IsOthers(constructor) && !IsException(constructor.ContainingType),
            _ => false,
        };

    private bool IsAway(IInvocationOperation call) =>
        !sdk.IsSetOrReader(call.Instance?.Type)
        && !call.Arguments.Any(argument => sdk.IsSetOrReader(argument.Parameter?.Type))
        && (call.TargetMethod.MethodKind == MethodKind.DelegateInvoke || IsOthers(call.TargetMethod));

    /// <summary>Neither the library's nor the framework's, which act on no id without a set.</summary>
    private bool IsOthers(IMethodSymbol method)
    {
        if (sdk.Set.Definitions.Any(set => SymbolEqualityComparer.Default.Equals(set.ContainingAssembly, method.ContainingAssembly)))
            return false;

        INamespaceSymbol? space = method.ContainingNamespace;
        while (space is { ContainingNamespace.IsGlobalNamespace: false })
            space = space.ContainingNamespace;

        return space?.Name is not "System";
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
