using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Analyzers;

/// <summary>
/// Knows the classes to which no subtype can be added: abstract, with constructors that no other assembly reaches, and with subtypes that are sealed or closed in the same way.
/// </summary>
internal sealed class ClosedHierarchies
{
    private readonly Memo<IAssemblySymbol, ILookup<ISymbol, INamedTypeSymbol>> _children = new(ChildrenIn, SymbolEqualityComparer.Default);
    private readonly Memo<ITypeSymbol, ImmutableArray<INamedTypeSymbol>> _leaves;

    public ClosedHierarchies() => _leaves = new(FindLeaves, SymbolEqualityComparer.Default);

    /// <summary>Returns the sealed types that data of a type can be of, in the order of their declaration; empty if others can be added.</summary>
    public ImmutableArray<INamedTypeSymbol> LeavesOf(ITypeSymbol type) => _leaves[type];

    private static ILookup<ISymbol, INamedTypeSymbol> ChildrenIn(IAssemblySymbol assembly) =>
        Subtypes.TypesOf(assembly)
            .Where(type => type is { TypeKind: TypeKind.Class, BaseType: not null })
            .OrderBy(type => type.Locations[0].SourceSpan.Start)
            .ToLookup<INamedTypeSymbol, ISymbol>(type => type.BaseType!.OriginalDefinition, SymbolEqualityComparer.Default);

    private ImmutableArray<INamedTypeSymbol> FindLeaves(ITypeSymbol type)
    {
        if (type is not INamedTypeSymbol { TypeKind: TypeKind.Class, IsAbstract: true, IsStatic: false } root || !CannotBeDerivedElsewhere(root) || !CallStack.HasRoom())
            return [];

        ImmutableArray<INamedTypeSymbol>.Builder leaves = ImmutableArray.CreateBuilder<INamedTypeSymbol>();
        foreach (INamedTypeSymbol child in _children[root.ContainingAssembly][root])
        {
            ImmutableArray<INamedTypeSymbol> below = child is { IsSealed: true, IsGenericType: false } ? [child] : LeavesOf(child);
            if (below.IsEmpty)
                return [];

            leaves.AddRange(below);
        }

        return leaves.ToImmutable();
    }

    /// <summary>Returns true if a constructor is the copy constructor of a record. It is protected, but cannot begin an object.</summary>
    private static bool CannotBeDerivedElsewhere(INamedTypeSymbol type) =>
        !type.IsGenericType && type.InstanceConstructors.All(constructor => IsCopy(constructor, type)
            || constructor.DeclaredAccessibility is Accessibility.Private or Accessibility.Internal or Accessibility.ProtectedAndInternal);

    private static bool IsCopy(IMethodSymbol constructor, INamedTypeSymbol type) =>
        type.IsRecord && constructor.Parameters.Length == 1 && SymbolEqualityComparer.Default.Equals(constructor.Parameters[0].Type, type);
}
