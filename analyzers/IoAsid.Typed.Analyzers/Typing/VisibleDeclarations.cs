using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Analyzers;

/// <summary>Members that a mark can be put on.</summary>
internal static class VisibleDeclarations
{
    /// <summary>Returns true if others can call a member and find the mark here. An override or implementation inherits the mark.</summary>
    public static bool IsDeclaredForOthers(ISymbol member) => !member.IsOverride && !member.IsImplicitlyDeclared && IsVisible(member) && !ImplementsAny(member);

    private static bool IsVisible(ISymbol? member)
    {
        for (; member is not null and not INamespaceSymbol; member = member.ContainingSymbol)
        {
            if (member.DeclaredAccessibility is Accessibility.Private or Accessibility.ProtectedAndInternal)
                return false;
        }

        return true;
    }

    private static bool ImplementsAny(ISymbol member) =>
        member.ContainingType.TypeKind is not TypeKind.Interface
        && member.ContainingType.AllInterfaces
            .SelectMany(contract => contract.GetMembers())
            .Any(promised => promised.Kind == member.Kind
                && member.Name.EndsWith(promised.Name, StringComparison.Ordinal)
                && SymbolEqualityComparer.Default.Equals(member.ContainingType.FindImplementationForInterfaceMember(promised), member));
}
