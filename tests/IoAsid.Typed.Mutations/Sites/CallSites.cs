using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace IoAsid.Typed.Mutations;

/// <summary>The calls that a mutant can omit: links of a chain, and tasks that the caller passes on.</summary>
internal static class CallSites
{
    /// <summary>Returns the chain without this link, which is the receiver or the first argument. Returns null if the call is no link of a chain.</summary>
    public static ExpressionSyntax? ChainWithout(InvocationExpressionSyntax call, InvocationExpressionSyntax visited, IMethodSymbol method)
    {
        if (method.ReturnType.TypeKind != TypeKind.Class || method.ReturnType.SpecialType != SpecialType.None || IsTask(method.ReturnType))
            return null;
        if (!method.IsStatic && SymbolEqualityComparer.Default.Equals(method.ContainingType, method.ReturnType))
            return (visited.Expression as MemberAccessExpressionSyntax)?.Expression ?? (call.Expression is IdentifierNameSyntax ? ThisExpression() : null);
        bool takesOne = method.Parameters is [var first, ..] && SymbolEqualityComparer.Default.Equals(first.Type, method.ReturnType);
        return takesOne ? visited.ArgumentList.Arguments[0].Expression : null;
    }

    /// <summary>Returns true if a call returns a task without a result, and the caller passes the task on.</summary>
    public static bool IsWork(InvocationExpressionSyntax call, IMethodSymbol method)
    {
        // A call after "?." cannot be replaced alone.
        bool isUsed = call.Parent is AwaitExpressionSyntax or MemberAccessExpressionSyntax || call.Expression is MemberBindingExpressionSyntax;
        return !isUsed && IsTask(method.ReturnType) && !IsTask(method.ContainingType) && (method.ReturnType.IsValueType || !IsGeneric(method.ReturnType));
    }

    public static ExpressionSyntax NoWork(IMethodSymbol method) => method.ReturnType.IsValueType
        ? LiteralExpression(SyntaxKind.DefaultLiteralExpression)
        : ParseExpression("global::System.Threading.Tasks.Task.CompletedTask");

    private static bool IsTask(ITypeSymbol? type) => type is { Name: "Task" or "ValueTask", ContainingNamespace.Name: "Tasks" };

    private static bool IsGeneric(ITypeSymbol type) => type is INamedTypeSymbol { IsGenericType: true };
}
