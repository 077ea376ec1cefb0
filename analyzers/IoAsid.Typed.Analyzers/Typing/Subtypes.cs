using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Analyzers;

/// <summary>The types that have subtypes, as far as a compilation can know.</summary>
internal sealed class Subtypes
{
    private readonly Compilation _compilation;
    private readonly Memo<IAssemblySymbol, HashSet<ISymbol>> _inheritedIn = new(InheritedIn, SymbolEqualityComparer.Default);

    public Subtypes(Compilation compilation) => _compilation = compilation;

    /// <summary>Returns true if a set of this data may have been narrowed: the type is abstract, or something inherits it.</summary>
    public bool MayNarrow(ITypeSymbol data) => data switch
    {
        INamedTypeSymbol { TypeKind: TypeKind.Interface } or { SpecialType: SpecialType.System_Object } => true,
        INamedTypeSymbol { TypeKind: TypeKind.Class, IsSealed: false } type => type.IsAbstract || IsInherited(type.OriginalDefinition),
        _ => false,
    };

    /// <summary>Returns true if a type derives from another or implements it.</summary>
    public static bool IsBelow(ITypeSymbol type, ITypeSymbol above)
    {
        for (ITypeSymbol? ancestor = type.BaseType; ancestor is not null; ancestor = ancestor.BaseType)
        {
            if (SymbolEqualityComparer.Default.Equals(ancestor, above))
                return true;
        }

        return type.AllInterfaces.Contains(above, SymbolEqualityComparer.Default);
    }

    /// <summary>Returns all types of an assembly, nested ones included.</summary>
    public static IEnumerable<INamedTypeSymbol> TypesOf(IAssemblySymbol assembly)
    {
        Stack<INamespaceOrTypeSymbol> open = new([assembly.GlobalNamespace]);
        while (open.Count > 0)
        {
            foreach (INamespaceOrTypeSymbol inside in Inside(open.Pop()))
            {
                open.Push(inside);
                if (inside is INamedTypeSymbol type)
                    yield return type;
            }
        }
    }

    private static IEnumerable<INamespaceOrTypeSymbol> Inside(INamespaceOrTypeSymbol container) =>
        container is INamespaceSymbol space ? space.GetMembers() : container.GetTypeMembers();

    private static HashSet<ISymbol> InheritedIn(IAssemblySymbol assembly) =>
        new(TypesOf(assembly).Select(type => type.BaseType?.OriginalDefinition).OfType<ISymbol>(), SymbolEqualityComparer.Default);

    private bool IsInherited(INamedTypeSymbol type) =>
        _inheritedIn[_compilation.Assembly].Contains(type) || _inheritedIn[type.ContainingAssembly].Contains(type);
}
