using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.Sources.Tests;

/// <summary>Size, shift and mask of a page have names. The numbers 12, 0xFFF and 4096 occur only in declarations of constants, and in tests.</summary>
internal static class PageConstantRule
{
    private const ulong Shift = 12;
    private const ulong Size = 1 << 12;

    public static IEnumerable<string> Violations(SourceFile file) =>
        file.Path.StartsWith("tests/", StringComparison.Ordinal) ? [] :
        from literal in file.Root.DescendantNodes().OfType<LiteralExpressionSyntax>()
        where IsPage(literal) && !IsDeclared(literal)
        select $"{file.Describe(literal)} writes out {literal}";

    private static bool IsPage(LiteralExpressionSyntax literal)
    {
        if (!literal.IsKind(SyntaxKind.NumericLiteralExpression) || literal.Token.Value is float or double or decimal)
            return false;
        ulong value = Convert.ToUInt64(literal.Token.Value, System.Globalization.CultureInfo.InvariantCulture);
        bool isHexadecimal = literal.Token.Text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        return value is Size or ~(Size - 1) || (value == Size - 1 && isHexadecimal) || (value == Shift && IsShift(literal));
    }

    // The expression 1 << 12 is a bit or a count, and no size of a page.
    private static bool IsShift(LiteralExpressionSyntax literal) => literal.Parent switch
    {
        BinaryExpressionSyntax shift when shift.Right == literal && shift.Left is not LiteralExpressionSyntax =>
            shift.Kind() is SyntaxKind.LeftShiftExpression or SyntaxKind.RightShiftExpression or SyntaxKind.UnsignedRightShiftExpression,
        AssignmentExpressionSyntax shift =>
            shift.Kind() is SyntaxKind.LeftShiftAssignmentExpression or SyntaxKind.RightShiftAssignmentExpression or SyntaxKind.UnsignedRightShiftAssignmentExpression,
        _ => false,
    };

    private static bool IsDeclared(SyntaxNode literal) => literal.Ancestors().Any(ancestor => ancestor switch
    {
        FieldDeclarationSyntax field => field.Modifiers.Any(SyntaxKind.ConstKeyword),
        LocalDeclarationStatementSyntax local => local.IsConst,
        EnumMemberDeclarationSyntax or AttributeSyntax => true,
        _ => false,
    });
}
