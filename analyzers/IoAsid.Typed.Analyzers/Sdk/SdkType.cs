using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Analyzers;

/// <summary>
/// One type of the SDK as a compilation sees it. Two references may define it (two versions, a source copy beside the package); a rule
/// means all of them, because an ambiguous type must not switch a rule off.
/// </summary>
internal readonly struct SdkType(ImmutableArray<INamedTypeSymbol> definitions)
{
    public bool Exists => !definitions.IsDefaultOrEmpty;

    public ImmutableArray<INamedTypeSymbol> Definitions => definitions;

    /// <summary>Returns true if a type is this one, constructed or not.</summary>
    public bool Is(ITypeSymbol? type)
    {
        if (type is null)
            return false;

        foreach (INamedTypeSymbol definition in definitions)
        {
            if (SymbolEqualityComparer.Default.Equals(type.OriginalDefinition, definition))
                return true;
        }

        return false;
    }

    /// <summary>Returns true if a type is this one or derives from it.</summary>
    public bool IsBaseOf(ITypeSymbol? type)
    {
        for (; type is not null; type = type.BaseType)
        {
            if (Is(type))
                return true;
        }

        return false;
    }
}
