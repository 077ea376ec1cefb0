using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.Sources.Tests;

/// <summary>The depth of folders, the namespaces of public types, and the names of types.</summary>
internal static class LayoutRules
{
    private const int DeepestFolder = 2;

    public static IEnumerable<string> TooDeep(SourceFile file)
    {
        int folders = file.Path.Split('/').Length - 3;
        return folders > DeepestFolder ? [$"{file.Path} is {folders} folders deep"] : [];
    }

    /// <summary>Returns the public types of a library outside of its root namespace. A folder is no namespace.</summary>
    public static IEnumerable<string> OutsideRootNamespace(SourceFile file)
    {
        if (file.Path.Split('/') is not ["src" or "analyzers", var root, ..])
            return [];
        return from space in file.Root.DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>()
               where space.Members.OfType<MemberDeclarationSyntax>().Any(type => type.Modifiers.Any(SyntaxKind.PublicKeyword))
               where space.Name.ToString() != root
               select $"{file.Describe(space)} is not {root}";
    }

    /// <summary>Returns the names that two types of <c>src</c> and <c>analyzers</c> have. Nested types, parts of one type and generic twins of one assembly are left out.</summary>
    public static IEnumerable<string> RepeatedNames(IEnumerable<SourceFile> files) =>
        from file in files
        where file.Path.Split('/') is ["src" or "analyzers", ..]
        from type in file.Root.DescendantNodes().OfType<BaseTypeDeclarationSyntax>()
        where type.Parent is BaseNamespaceDeclarationSyntax or CompilationUnitSyntax
        group file.Path.Split('/')[1] by type.Identifier.ValueText into assemblies
        where assemblies.Distinct().Count() > 1
        select $"{assemblies.Key} is in {string.Join(", ", assemblies.Distinct())}";

    /// <summary>
    /// Returns the types of <c>src</c> and <c>analyzers</c> that are spread over several files. A class that needs parts by topic is several classes. Only static members, such as lists of constants,
    /// may be in a file of their own.
    /// </summary>
    public static IEnumerable<string> InSeveralFiles(IEnumerable<SourceFile> files) =>
        from file in files
        where file.Path.Split('/') is ["src" or "analyzers", ..]
        from type in file.Root.DescendantNodes().OfType<TypeDeclarationSyntax>()
        where type.Parent is BaseNamespaceDeclarationSyntax && type.Modifiers.Any(SyntaxKind.PartialKeyword) && type.Members.Any(member => !IsStatic(member))
        group file.Path by $"{file.Project} {type.Identifier.ValueText}{type.TypeParameterList}" into parts
        where parts.Count() > 1
        select $"{parts.Key} is in {string.Join(", ", parts)}";

    private static bool IsStatic(MemberDeclarationSyntax member) => member.Modifiers.Any(SyntaxKind.StaticKeyword) || member.Modifiers.Any(SyntaxKind.ConstKeyword);
}
