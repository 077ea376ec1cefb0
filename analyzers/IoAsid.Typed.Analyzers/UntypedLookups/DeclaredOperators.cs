using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.Analyzers.UntypedLookups;

/// <summary>Finds operators by asking as little as possible: names in a referenced assembly, syntax in the compilation's own.</summary>
internal static class DeclaredOperators
{
    public static bool IsNameOfOne(string name) => name.StartsWith("op_", StringComparison.Ordinal);

    /// <summary>The operators of an assembly.</summary>
    public static IEnumerable<ISymbol> Of(IAssemblySymbol assembly)
    {
        Stack<INamespaceOrTypeSymbol> open = new([assembly.GlobalNamespace]);
        while (open.Count > 0)
        {
            INamespaceOrTypeSymbol current = open.Pop();
            if (current is INamedTypeSymbol type && HasSome(type))
            {
                foreach (ISymbol member in type.GetMembers().Where(member => IsNameOfOne(member.Name)))
                    yield return member;
            }

            foreach (INamespaceOrTypeSymbol inside in Inside(current))
                open.Push(inside);
        }
    }

    private static IEnumerable<INamespaceOrTypeSymbol> Inside(INamespaceOrTypeSymbol container) =>
        container is INamespaceSymbol space ? space.GetMembers() : container.GetTypeMembers();

    private static bool HasSome(INamedTypeSymbol type) =>
        type.DeclaringSyntaxReferences.IsEmpty
            ? type.MemberNames.Any(IsNameOfOne)
            : type.DeclaringSyntaxReferences.Any(part => part.GetSyntax() is TypeDeclarationSyntax declaration
                && declaration.Members.Any(member => member is OperatorDeclarationSyntax or ConversionOperatorDeclarationSyntax));
}
