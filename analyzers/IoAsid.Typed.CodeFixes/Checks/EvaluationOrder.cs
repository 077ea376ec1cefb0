using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.CodeFixes;

/// <summary>Compares the order in which two versions of a member do what can have an effect.</summary>
internal static class EvaluationOrder
{
    /// <summary>Marks the call that replaces another one.</summary>
    public static readonly SyntaxAnnotation Replacement = new("IoAsid.Typed.Replacement");

    /// <summary>Returns true if everything with an effect is still there and in its order. A change may add to it.</summary>
    /// <param name="site">A node of the unchanged member.</param>
    /// <param name="after">The changed member.</param>
    /// <param name="replaced">The call that the marked call replaces.</param>
    public static bool IsKept(SyntaxNode site, SyntaxNode after, SyntaxNode? replaced)
    {
        using IEnumerator<string> now = EffectsIn(after, null).GetEnumerator();
        return EffectsIn(MemberIndex.MemberAround(site), replaced).All(effect =>
        {
            while (now.MoveNext())
            {
                if (string.Equals(now.Current, effect, StringComparison.Ordinal))
                    return true;
            }

            return false;
        });
    }

    /// <summary>Returns true if evaluating the code can have an effect or can depend on one.</summary>
    public static bool HasEffect(SyntaxNode code) => code.DescendantNodesAndSelf().Any(node => EffectOf(node) is not null);

    /// <summary>Operands come before the operation that uses them, as they are evaluated.</summary>
    private static IEnumerable<string> EffectsIn(SyntaxNode node, SyntaxNode? replaced)
    {
        foreach (SyntaxNode child in node.ChildNodes())
        {
            foreach (string effect in EffectsIn(child, replaced))
                yield return effect;
        }

        if (node == replaced || node.HasAnnotation(Replacement))
            yield return "replaced";
        else if (EffectOf(node) is { } own)
            yield return own;
    }

    private static string? EffectOf(SyntaxNode node) => node switch
    {
        InvocationExpressionSyntax call => $"call {NameOf(call.Expression)}",
        ObjectCreationExpressionSyntax creation => $"new {creation.Type}",
        ElementAccessExpressionSyntax or ElementBindingExpressionSyntax => "index",
        ImplicitObjectCreationExpressionSyntax or AssignmentExpressionSyntax or AwaitExpressionSyntax or ThrowExpressionSyntax or ThrowStatementSyntax or YieldStatementSyntax =>
            node.Kind().ToString(),
        PrefixUnaryExpressionSyntax or PostfixUnaryExpressionSyntax when node.Kind() is SyntaxKind.PreIncrementExpression or SyntaxKind.PreDecrementExpression
            or SyntaxKind.PostIncrementExpression or SyntaxKind.PostDecrementExpression => node.Kind().ToString(),
        _ => null,
    };

    private static string NameOf(ExpressionSyntax method) => method switch
    {
        MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText,
        MemberBindingExpressionSyntax binding => binding.Name.Identifier.ValueText,
        SimpleNameSyntax name => name.Identifier.ValueText,
        _ => "",
    };
}
