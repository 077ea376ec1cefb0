using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Analyzers;

/// <summary>The data types of the sets of a compilation, from the signatures of its members. Computed on the first use, because few switches need them.</summary>
internal sealed class DataInUse
{
    private readonly SdkSymbols _sdk;
    private readonly Lazy<HashSet<ITypeSymbol>> _types;

    public DataInUse(Compilation compilation, SdkSymbols sdk)
    {
        _sdk = sdk;
        _types = new(() => new(
            Subtypes.TypesOf(compilation.Assembly).SelectMany(type => type.GetMembers()).SelectMany(TypesNamedBy).SelectMany(DataIn),
            SymbolEqualityComparer.Default));
    }

    /// <summary>Returns true if a set may hold data of this type, of a base of it or of a subtype.</summary>
    public bool Includes(ITypeSymbol type) => _types.Value.Contains(type)
        || _types.Value.Any(data => Subtypes.IsBelow(type, data) || Subtypes.IsBelow(data, type));

    private static IEnumerable<ITypeSymbol> TypesNamedBy(ISymbol member) => member switch
    {
        IFieldSymbol field => [field.Type],
        IPropertySymbol property => [property.Type],
        IMethodSymbol method => method.Parameters.Select(parameter => parameter.Type).Prepend(method.ReturnType),
        _ => [],
    };

    private IEnumerable<ITypeSymbol> DataIn(ITypeSymbol type) =>
        TypeParts.Of(type).OfType<INamedTypeSymbol>().Where(part => part.Arity == 1 && HoldsData(part)).Select(part => part.TypeArguments[0]);

    private bool HoldsData(INamedTypeSymbol type) =>
        _sdk.TypedSet.Is(type) || _sdk.TypedReader.Is(type) || _sdk.Handle.Is(type) || _sdk.Hold.Is(type) || _sdk.TypedReference.Is(type) || _sdk.Lookup.Is(type);
}
