using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Analyzers;

/// <summary>
/// The symbols with one of the SDK's attributes. A mark counts on the symbol, on a member that it overrides or implements, and, for a
/// property, on its getter and, in a record, on the parameter that declares it.
/// </summary>
internal sealed class Marks
{
    private readonly SdkType _attribute;
    private readonly MarkedNames _names;
    private readonly Memo<ISymbol, bool> _isMarked;
    private readonly Memo<IMethodSymbol, bool> _returnIsMarked;

    public Marks(SdkType attribute, Compilation compilation)
    {
        _attribute = attribute;
        _names = new(attribute, compilation);
        _isMarked = new(symbol => Bears(symbol) || (CallStack.HasRoom() && Originals(symbol).Any(original => original is ITypeSymbol type ? OnTypeOrBase(type) : On(original))), SymbolEqualityComparer.Default);
        _returnIsMarked = new(method => HasMark(method.GetReturnTypeAttributes()) || (CallStack.HasRoom() && Promised(method).Any(OnReturnOf)), SymbolEqualityComparer.Default);
    }

    /// <summary>Gets a value indicating whether there are any. If not, a rule that lives on them has nothing to look for.</summary>
    public bool AreThere => !_names.IsEmpty;

    /// <summary>Gets a value indicating whether some operator may be marked.</summary>
    public bool AreOnOperators => _names.HasOperators;

    /// <summary>Gets a value indicating whether some property may be marked.</summary>
    public bool AreOnProperties => _names.HasProperties;

    /// <summary>The names of all that is marked; null if they are not known.</summary>
    public IReadOnlyCollection<string>? Names => _names.All;

    /// <summary>Returns true if a member, delegate or parameter is marked.</summary>
    public bool On(ISymbol symbol) => _names.MayBe(symbol) && _isMarked[symbol.OriginalDefinition];

    /// <summary>Returns true if a type is marked, or one that it derives from or implements, under any name.</summary>
    public bool OnTypeOrBase(ITypeSymbol type) => AreThere && _isMarked[type.OriginalDefinition];

    /// <summary>Returns true if the return value of a method is marked.</summary>
    public bool OnReturnOf(IMethodSymbol method) => _names.MayBe(method) && _returnIsMarked[method.OriginalDefinition];

    /// <summary>Returns true if some parameter of a method may be marked. Asks the method for its name only.</summary>
    public bool MayBeOnParametersOf(IMethodSymbol method) => _names.MayBe(method);

    /// <summary>Returns true if a symbol itself is marked, without a look at the members that it overrides.</summary>
    public bool Bears(ISymbol symbol) => HasMark(symbol.GetAttributes());

    /// <summary>Returns the attribute on a symbol itself, with its arguments.</summary>
    public AttributeData? Of(ISymbol symbol) => symbol.GetAttributes().FirstOrDefault(attribute => _attribute.Is(attribute.AttributeClass));

    private bool HasMark(ImmutableArray<AttributeData> attributes)
    {
        foreach (AttributeData attribute in attributes)
        {
            if (_attribute.Is(attribute.AttributeClass))
                return true;
        }

        return false;
    }

    /// <summary>Returns the symbols whose mark also applies to this one.</summary>
    internal static IEnumerable<ISymbol> Originals(ISymbol symbol) => symbol switch
    {
        IParameterSymbol { ContainingSymbol: IMethodSymbol method } parameter =>
            Promised(method).Select(promised => promised.Parameters.ElementAtOrDefault(parameter.Ordinal)).OfType<ISymbol>(),
        IMethodSymbol method => Promised(method),
        IPropertySymbol property => Promised(property).Concat(DeclaringParameters(property)).Concat(Getter(property)),
        INamedTypeSymbol type => new[] { type.BaseType }.Concat(type.Interfaces).OfType<ISymbol>(),
        _ => [],
    };

    /// <summary>Returns the member that a member overrides, and those of interfaces that it implements.</summary>
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

    private static IEnumerable<ISymbol> Getter(IPropertySymbol property) => property.GetMethod is { } getter ? [getter] : [];

    private static IEnumerable<ISymbol> DeclaringParameters(IPropertySymbol property) =>
        property.ContainingType is { IsRecord: true } record
            ? record.InstanceConstructors
                .SelectMany(constructor => constructor.Parameters)
                .Where(parameter => string.Equals(parameter.Name, property.Name, StringComparison.Ordinal)
                    && SymbolEqualityComparer.Default.Equals(parameter.Type, property.Type))
            : [];
}
