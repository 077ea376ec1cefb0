using IoAsid.Typed.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.CodeFixes;

/// <summary>Writes <c>set.TryHold(id, out IoAsidReference&lt;TData&gt;? reference)</c>.</summary>
internal static class HoldSyntax
{
    /// <summary>Returns the type of reference that a set or reader gives: with its data, or as proof of ownership only.</summary>
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

    /// <summary>Returns the call with the set and the id of another call, and the comments beside them.</summary>
    public static InvocationExpressionSyntax TryHold(InvocationExpressionSyntax call, ExpressionSyntax id, TypeSyntax type, string name)
    {
        DeclarationExpressionSyntax variable = SyntaxFactory.DeclarationExpression(
            type.WithTrailingTrivia(SyntaxFactory.Space), SyntaxFactory.SingleVariableDesignation(SyntaxFactory.Identifier(name)));
        ArgumentSyntax[] arguments =
        [
            SyntaxFactory.Argument(id),
            SyntaxFactory.Argument(null, SyntaxFactory.Token(SyntaxKind.OutKeyword).WithTrailingTrivia(SyntaxFactory.Space), variable),
        ];
        MemberAccessExpressionSyntax access = (MemberAccessExpressionSyntax)call.Expression;
        return call
            .WithExpression(access.WithName(SyntaxFactory.IdentifierName("TryHold").WithTriviaFrom(access.Name)))
            .WithArgumentList(call.ArgumentList.WithArguments(
                SyntaxFactory.SeparatedList(arguments, [SyntaxFactory.Token(SyntaxKind.CommaToken).WithTrailingTrivia(SyntaxFactory.Space)])))
            .WithAdditionalAnnotations(EvaluationOrder.Replacement);
    }
}
