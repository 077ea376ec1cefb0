using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.Sources.Tests;

/// <summary>The declaration of a variable names the type of a new object, and the creation does not: <c>Table table = new()</c>.</summary>
internal static class CreationRule
{
    public static IEnumerable<string> Violations(SourceFile file) =>
        from declaration in file.Root.DescendantNodes().OfType<VariableDeclarationSyntax>()
        from variable in declaration.Variables
        where variable.Initializer?.Value is ObjectCreationExpressionSyntax created
            && declaration.Parent is not UsingStatementSyntax
            && (declaration.Type.IsVar || IsSame(declaration.Type, created.Type))
        select $"{file.Describe(variable)} names the type with \"new\"";

    private static bool IsSame(TypeSyntax declared, TypeSyntax created) =>
        (declared is NullableTypeSyntax nullable ? nullable.ElementType : declared).ToString() == created.ToString();
}
