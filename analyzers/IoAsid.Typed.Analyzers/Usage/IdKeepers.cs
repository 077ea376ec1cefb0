using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.Analyzers;

/// <summary>
/// The objects in reach that keep ids: a hold, reference, handle or binding, a collection of them, or an object that has one. The ids are not compared:
/// where it may be the one in question, a rule stays silent.
/// </summary>
internal sealed class IdKeepers
{
    private readonly SdkSymbols _sdk;
    private readonly Memo<ITypeSymbol, bool> _keeps;

    public IdKeepers(SdkSymbols sdk)
    {
        _sdk = sdk;
        _keeps = new(type => Mentions(type) || HasMemberThatKeeps(type), SymbolEqualityComparer.Default);
    }

    /// <summary>Returns true if a body, or an object whose member it is, has something that keeps ids.</summary>
    public bool AreAround(Body body, ISymbol containing) =>
        (containing.ContainingType is { } type && _keeps[type])
        || (containing is IMethodSymbol method && method.Parameters.Any(parameter => _keeps[parameter.Type]))
        || body.Mentioned.Any(variable => TypeOf(variable) is { } variableType && _keeps[variableType]);

    private static ITypeSymbol? TypeOf(ISymbol variable) => variable switch
    {
        ILocalSymbol local => local.Type,
        IParameterSymbol parameter => parameter.Type,
        IFieldSymbol field => field.Type,
        IPropertySymbol property => property.Type,
        _ => null,
    };

    /// <summary>Returns true if a type consists of a keeper. The types of which a type consists are walked once each, because a type parameter may be named by its own constraint.</summary>
    private bool Mentions(ITypeSymbol type) => TypeParts.Of(type).Any(part => part is INamedTypeSymbol named && IsKeeper(named));

    private bool IsKeeper(INamedTypeSymbol type) =>
        _sdk.Hold.Is(type) || _sdk.Reference.IsBaseOf(type) || _sdk.Handle.Is(type) || _sdk.Binding.Is(type);

    /// <summary>Returns true if a type of the project has a member that keeps ids. Types of the framework keep only what their type arguments mention.</summary>
    private bool HasMemberThatKeeps(ITypeSymbol type)
    {
        for (ITypeSymbol? at = type; at is { DeclaringSyntaxReferences.IsEmpty: false }; at = at.BaseType)
        {
            if (at.GetMembers().Any(member => member is IFieldSymbol or IPropertySymbol && Mentions(TypeOf(member)!)) || PrimaryParameters(at).Any(parameter => Mentions(parameter.Type)))
                return true;
        }

        return false;
    }

    private static IEnumerable<IParameterSymbol> PrimaryParameters(ITypeSymbol type) =>
        type is INamedTypeSymbol named
            ? named.InstanceConstructors
                .Where(constructor => constructor.DeclaringSyntaxReferences.Any(declaration => declaration.GetSyntax() is TypeDeclarationSyntax))
                .SelectMany(constructor => constructor.Parameters)
            : [];
}
