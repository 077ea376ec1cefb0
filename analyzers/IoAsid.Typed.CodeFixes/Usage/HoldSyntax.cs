using IoAsid.Typed.Analyzers.Sdk;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.CodeFixes.Usage;

/// <summary>Writes <c>set.TryHold(id, out IoAsidReference&lt;TData&gt;? reference)</c>.</summary>
internal static class HoldSyntax
{
    /// <summary>The type of reference that a set or reader gives: with its data, or as proof of ownership only.</summary>
    public static ITypeSymbol? ReferenceType(ITypeSymbol? set, bool withData, SdkSymbols sdk)
    {
        ITypeSymbol? found = null;
        for (ITypeSymbol? type = set; type is not null; type = type.BaseType)
        {
            foreach (IMethodSymbol method in type.GetMembers("TryHold").OfType<IMethodSymbol>())
            {
                if (method.Parameters.Length == 2 && sdk.RawId.Is(method.Parameters[0].Type))
                    found = withData ? found ?? method.Parameters[1].Type : method.Parameters[1].Type;
            }
        }

        return found;
    }

    /// <summary>The call, with the set and the id of another one.</summary>
    public static InvocationExpressionSyntax TryHold(ExpressionSyntax set, ExpressionSyntax id, TypeSyntax type, string name)
    {
        DeclarationExpressionSyntax variable = SyntaxFactory.DeclarationExpression(
            type.WithTrailingTrivia(SyntaxFactory.Space), SyntaxFactory.SingleVariableDesignation(SyntaxFactory.Identifier(name)));
        ArgumentSyntax[] arguments =
        [
            SyntaxFactory.Argument(id.WithoutTrivia()),
            SyntaxFactory.Argument(null, SyntaxFactory.Token(SyntaxKind.OutKeyword).WithTrailingTrivia(SyntaxFactory.Space), variable),
        ];
        return SyntaxFactory.InvocationExpression(
            SyntaxFactory.MemberAccessExpression(SyntaxKind.SimpleMemberAccessExpression, set.WithoutTrivia(), SyntaxFactory.IdentifierName("TryHold")),
            SyntaxFactory.ArgumentList(SyntaxFactory.SeparatedList(arguments, [SyntaxFactory.Token(SyntaxKind.CommaToken).WithTrailingTrivia(SyntaxFactory.Space)])));
    }
}
