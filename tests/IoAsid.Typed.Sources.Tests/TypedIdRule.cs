using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.Sources.Tests;

/// <summary>
/// PASIDs, requester ids and domain ids keep their type in every signature: no parameter, member or tuple element holds one in a bare integer. Fields of the
/// kernel's structures are raw words.
/// </summary>
internal static partial class TypedIdRule
{
    private const string RawWords = "src/IoAsid.Typed.Linux/Interop/Uapi/";

    public static IEnumerable<string> Violations(SourceFile file) => file.Root.DescendantNodes()
        .Where(node => node is not FieldDeclarationSyntax || !file.Path.StartsWith(RawWords, StringComparison.Ordinal))
        .SelectMany(Declared)
        .Where(declared => IdName().IsMatch(declared.Name.ValueText) && IsInteger(declared.Type))
        .Select(declared => file.Describe(declared.Name));

    private static IEnumerable<(TypeSyntax? Type, SyntaxToken Name)> Declared(SyntaxNode node) => node switch
    {
        ParameterSyntax parameter => [(parameter.Type, parameter.Identifier)],
        PropertyDeclarationSyntax property => [(property.Type, property.Identifier)],
        MethodDeclarationSyntax method => [(method.ReturnType, method.Identifier)],
        LocalFunctionStatementSyntax function => [(function.ReturnType, function.Identifier)],
        TupleElementSyntax element => [(element.Type, element.Identifier)],
        BaseFieldDeclarationSyntax field => field.Declaration.Variables.Select(variable => ((TypeSyntax?)field.Declaration.Type, variable.Identifier)),
        _ => [],
    };

    private static bool IsInteger(TypeSyntax? type) => type switch
    {
        NullableTypeSyntax nullable => IsInteger(nullable.ElementType),
        RefTypeSyntax reference => IsInteger(reference.Type),
        ArrayTypeSyntax array => IsInteger(array.ElementType),
        PredefinedTypeSyntax predefined => predefined.Keyword.Kind() is SyntaxKind.ByteKeyword or SyntaxKind.SByteKeyword or SyntaxKind.ShortKeyword
            or SyntaxKind.UShortKeyword or SyntaxKind.IntKeyword or SyntaxKind.UIntKeyword or SyntaxKind.LongKeyword or SyntaxKind.ULongKeyword,
        _ => false,
    };

    // The end of a name tells its kind: "guestPasid" is a PASID, but "PasidBits" and "pasids" are not.
    [GeneratedRegex("(^_?(pasid|requester(Id)?|sourceId|domain(Id)?)|(Pasid|Requester(Id)?|SourceId|Domain(Id)?))(Of)?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex IdName();
}
