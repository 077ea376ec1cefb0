using IoAsid.Typed.Analyzers.Typing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.Analyzers.UntypedLookups;

/// <summary>Finds operators by asking as little as possible: names in a referenced assembly, syntax in the compilation's own.</summary>
internal static class DeclaredOperators
{
    public static bool IsNameOfOne(string name) => name.StartsWith("op_", StringComparison.Ordinal);

    /// <summary>The operators of an assembly.</summary>
    public static IEnumerable<ISymbol> Of(IAssemblySymbol assembly) =>
        Subtypes.TypesOf(assembly).Where(HasSome).SelectMany(type => type.GetMembers()).Where(member => IsNameOfOne(member.Name));

    private static bool HasSome(INamedTypeSymbol type) =>
        type.DeclaringSyntaxReferences.IsEmpty
            ? type.MemberNames.Any(IsNameOfOne)
            : type.DeclaringSyntaxReferences.Any(part => part.GetSyntax() is TypeDeclarationSyntax declaration
                && declaration.Members.Any(member => member is OperatorDeclarationSyntax or ConversionOperatorDeclarationSyntax));
}
