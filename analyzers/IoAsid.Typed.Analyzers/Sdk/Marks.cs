using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Analyzers.Sdk;

/// <summary>
/// Knows which symbols bear one of the SDK's attributes. A mark counts on the symbol, on what it overrides or implements, and, for a
/// property of a record, on the parameter that declares it.
/// </summary>
internal sealed class Marks
{
    private readonly SdkType _attribute;
    private readonly Memo<IAssemblySymbol, bool> _namesAttribute;
    private readonly Memo<ISymbol, bool> _isMarked;
    private readonly Memo<IMethodSymbol, bool> _returnIsMarked;

    public Marks(SdkType attribute)
    {
        _attribute = attribute;
        _namesAttribute = new(NamesAttribute, SymbolEqualityComparer.Default);
        _isMarked = new(symbol => HasMark(symbol.GetAttributes()) || Originals(symbol).Any(On), SymbolEqualityComparer.Default);
        _returnIsMarked = new(method => HasMark(method.GetReturnTypeAttributes()) || Promised(method).Any(OnReturnOf), SymbolEqualityComparer.Default);
    }

    /// <summary>Whether a type, member or parameter is marked.</summary>
    public bool On(ISymbol symbol) => CanBeMarked(symbol) && _isMarked[symbol.OriginalDefinition];

    /// <summary>Whether what a method returns is marked.</summary>
    public bool OnReturnOf(IMethodSymbol method) => CanBeMarked(method) && _returnIsMarked[method.OriginalDefinition];

    /// <summary>The attribute on a symbol itself, with its arguments.</summary>
    public AttributeData? Of(ISymbol symbol) => symbol.GetAttributes().FirstOrDefault(attribute => _attribute.Is(attribute.AttributeClass));

    private bool CanBeMarked(ISymbol symbol) => symbol.ContainingAssembly is { } assembly && _namesAttribute[assembly];

    /// <summary>Only an assembly that refers to the attribute's can use it; this keeps the framework's members out cheaply.</summary>
    private bool NamesAttribute(IAssemblySymbol assembly) => _attribute.Definitions.Any(definition =>
        SymbolEqualityComparer.Default.Equals(definition.ContainingAssembly, assembly)
        || assembly.Modules.Any(module => module.ReferencedAssemblySymbols.Contains(definition.ContainingAssembly, SymbolEqualityComparer.Default)));

    private bool HasMark(IEnumerable<AttributeData> attributes) => attributes.Any(attribute => _attribute.Is(attribute.AttributeClass));

    /// <summary>The symbols whose mark is meant for this one too.</summary>
    private static IEnumerable<ISymbol> Originals(ISymbol symbol) => symbol switch
    {
        IParameterSymbol { ContainingSymbol: IMethodSymbol method } parameter =>
            Promised(method).Select(promised => promised.Parameters.ElementAtOrDefault(parameter.Ordinal)).OfType<ISymbol>(),
        IMethodSymbol method => Promised(method),
        IPropertySymbol property => Promised(property).Concat(DeclaringParameters(property)),
        INamedTypeSymbol type => new[] { type.BaseType }.Concat(type.Interfaces).OfType<ISymbol>(),
        _ => [],
    };

    /// <summary>The member that a member overrides, and those of interfaces that it implements.</summary>
    private static IEnumerable<TMember> Promised<TMember>(TMember member)
        where TMember : class, ISymbol
    {
        ISymbol? overridden = member switch
        {
            IMethodSymbol method => method.OverriddenMethod,
            IPropertySymbol property => property.OverriddenProperty,
            _ => null,
        };
        return Implemented(member).Append(overridden).OfType<TMember>();
    }

    private static IEnumerable<ISymbol> Implemented(ISymbol member) =>
        member.ContainingType is { TypeKind: TypeKind.Class or TypeKind.Struct } type
            ? type.AllInterfaces
                .SelectMany(contract => contract.GetMembers())
                .Where(promised => promised.Kind == member.Kind
                    && member.Name.EndsWith(promised.Name, StringComparison.Ordinal)
                    && SymbolEqualityComparer.Default.Equals(type.FindImplementationForInterfaceMember(promised), member))
            : [];

    private static IEnumerable<ISymbol> DeclaringParameters(IPropertySymbol property) =>
        property.ContainingType is { IsRecord: true } record
            ? record.InstanceConstructors
                .SelectMany(constructor => constructor.Parameters)
                .Where(parameter => string.Equals(parameter.Name, property.Name, StringComparison.Ordinal)
                    && SymbolEqualityComparer.Default.Equals(parameter.Type, property.Type))
            : [];
}
