using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.Sources.Tests;

/// <summary>
/// A member of a public struct of the SDK reads each field at most once. Another thread can write the struct between two reads of a field. The two reads can then
/// belong to two values, and a check of the first value does not apply to the second.
/// </summary>
internal static class SingleReadRule
{
    public static IEnumerable<string> Violations(SourceFile file) => file.Path.StartsWith("src/IoAsid.Typed/", StringComparison.Ordinal)
        ? file.Root.DescendantNodes().OfType<StructDeclarationSyntax>().Where(IsShareable).SelectMany(type => Violations(file, type))
        : [];

    private static bool IsShareable(StructDeclarationSyntax type) => type.Modifiers.Any(SyntaxKind.PublicKeyword) && !type.Modifiers.Any(SyntaxKind.RefKeyword);

    private static IEnumerable<string> Violations(SourceFile file, StructDeclarationSyntax type)
    {
        HashSet<string> fields =
        [
            .. type.Members.OfType<FieldDeclarationSyntax>().Where(IsInstance).SelectMany(field => field.Declaration.Variables).Select(field => field.Identifier.ValueText),
            .. type.Members.OfType<PropertyDeclarationSyntax>().Where(property => IsInstance(property) && IsAutomatic(property)).Select(property => property.Identifier.ValueText),
        ];
        ILookup<string, MemberDeclarationSyntax> members = type.Members
            .Where(member => IsInstance(member) && member is MethodDeclarationSyntax or PropertyDeclarationSyntax && !IsAutomatic(member))
            .ToLookup(NameOf);
        return from member in members.SelectMany(overloads => overloads)
               from field in fields
               let reads = Reads(member, field, members, [])
               where reads > 1
               select $"{file.Describe(member)} reads {field} {reads} times";
    }

    /// <summary>Returns the number of reads of a field in a member and in the members of the same value that it uses.</summary>
    private static int Reads(MemberDeclarationSyntax member, string field, ILookup<string, MemberDeclarationSyntax> members, IReadOnlyCollection<SyntaxNode> above) =>
        above.Contains(member) ? 0 : OwnNames(member).Sum(name => name == field
            ? 1
            : members[name].Select(used => Reads(used, field, members, [.. above, member])).DefaultIfEmpty().Max());

    /// <summary>Returns the names in the body of a member that are not names of another value's members, nor of locals.</summary>
    private static IEnumerable<string> OwnNames(MemberDeclarationSyntax member)
    {
        HashSet<string> locals =
        [
            .. member.DescendantNodes().OfType<ParameterSyntax>().Select(parameter => parameter.Identifier.ValueText),
            .. member.DescendantNodes().OfType<VariableDeclaratorSyntax>().Select(local => local.Identifier.ValueText),
            .. member.DescendantNodes().OfType<SingleVariableDesignationSyntax>().Select(local => local.Identifier.ValueText),
        ];
        return from name in member.DescendantNodes().OfType<SimpleNameSyntax>()
               where !IsMemberOfOther(name) && !locals.Contains(name.Identifier.ValueText) && !name.Ancestors().OfType<AttributeSyntax>().Any()
               where name.Ancestors().OfType<InvocationExpressionSyntax>().All(call => call.Expression.ToString() != "nameof")
               select name.Identifier.ValueText;
    }

    private static bool IsMemberOfOther(SimpleNameSyntax name) => name.Parent switch
    {
        MemberAccessExpressionSyntax access => access.Name == name && access.Expression is not ThisExpressionSyntax,
        MemberBindingExpressionSyntax or TypeArgumentListSyntax or NameColonSyntax or QualifiedNameSyntax => true,
        _ => false,
    };

    private static bool IsInstance(MemberDeclarationSyntax member) => !member.Modifiers.Any(SyntaxKind.StaticKeyword) && !member.Modifiers.Any(SyntaxKind.ConstKeyword);

    private static bool IsAutomatic(MemberDeclarationSyntax member) =>
        member is PropertyDeclarationSyntax { ExpressionBody: null, AccessorList.Accessors: var accessors } && accessors.All(accessor => accessor is { Body: null, ExpressionBody: null });

    private static string NameOf(MemberDeclarationSyntax member) => member switch
    {
        MethodDeclarationSyntax method => method.Identifier.ValueText,
        PropertyDeclarationSyntax property => property.Identifier.ValueText,
        _ => "",
    };
}
