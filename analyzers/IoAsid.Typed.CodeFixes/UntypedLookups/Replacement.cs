using IoAsid.Typed.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.CodeFixes;

/// <summary>One way to write a fix: the replaced node, and the new node.</summary>
/// <param name="old">The untyped lookup, with as much of the code around it as becomes needless.</param>
/// <param name="new">The typed lookup.</param>
internal sealed class Replacement(ExpressionSyntax old, ExpressionSyntax @new)
{
    public ExpressionSyntax Old => old;

    public ExpressionSyntax New => @new;

    /// <summary>Returns the ways to write a repair, the neatest first.</summary>
    public static IEnumerable<Replacement> Ways(
        IOperation use,
        LookupArguments arguments,
        CandidateSet candidate,
        TypedLookupSyntax typed,
        SemanticModel model)
    {
        if (use.Parent is IExpressionStatementOperation)
        {
            yield return new Replacement(arguments.Call, typed.Find());
            yield break;
        }

        if (candidate.Fit == DataFit.Exact)
        {
            if (arguments.Getter is null && InsteadOfPattern(arguments.Call, typed, model) is { } condition)
                yield return condition;

            if (InsteadOfCast(use, arguments.Call, typed) is { } value)
                yield return value;
        }

        yield return new Replacement(arguments.Call, typed.Data());
    }

    /// <summary>Returns the call for <c>call is T data</c>: <c>set.TryFind(id, out T? data)</c>, and its negation for <c>is not</c>.</summary>
    private static Replacement? InsteadOfPattern(ExpressionSyntax call, TypedLookupSyntax typed, SemanticModel model)
    {
        if (Outermost(call).Parent is not IsPatternExpressionSyntax test || test.Expression != Outermost(call))
            return null;

        (PatternSyntax pattern, bool isNegated) = test.Pattern is UnaryPatternSyntax not ? (not.Pattern, true) : (test.Pattern, false);
        if (pattern is not DeclarationPatternSyntax { Designation: SingleVariableDesignationSyntax data } declaration)
            return null;

        TypeSyntax type = model.GetNullableContext(call.SpanStart).AnnotationsEnabled()
            ? SyntaxFactory.NullableType(declaration.Type.WithoutTrivia())
            : declaration.Type;
        ExpressionSyntax found = typed.TryFind(type, data);
        return isNegated
            ? new Replacement(test, SyntaxFactory.PrefixUnaryExpression(SyntaxKind.LogicalNotExpression, found))
            : new Replacement(Outermost(test), found);
    }

    /// <summary>Returns the call without the cast or <c>as</c> around it, and with its <c>!</c>.</summary>
    private static Replacement? InsteadOfCast(IOperation use, ExpressionSyntax call, TypedLookupSyntax typed)
    {
        if (use.Parent is not IConversionOperation { IsImplicit: false, OperatorMethod: null, Syntax: ExpressionSyntax cast })
            return null;

        bool isSuppressed = call.Ancestors()
            .TakeWhile(outer => outer != cast)
            .Any(outer => outer.IsKind(SyntaxKind.SuppressNullableWarningExpression));
        ExpressionSyntax data = isSuppressed
            ? SyntaxFactory.PostfixUnaryExpression(SyntaxKind.SuppressNullableWarningExpression, typed.Data())
            : typed.Data();
        return new Replacement(Outermost(cast), data);
    }

    /// <summary>Returns an expression with its parentheses: what replaces it needs none.</summary>
    private static ExpressionSyntax Outermost(ExpressionSyntax expression) =>
        expression.Parent is ParenthesizedExpressionSyntax parentheses ? Outermost(parentheses) : expression;
}
