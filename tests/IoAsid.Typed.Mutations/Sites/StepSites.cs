using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.Mutations;

/// <summary>The steps of a method: calls that are statements, changes of state, and assignments of a call's result to a local variable.</summary>
internal sealed class StepSites(SemanticModel model)
{
    public bool IsStep(ExpressionSyntax expression) => expression switch
    {
        AwaitExpressionSyntax awaited => IsStep(awaited.Expression),
        InvocationExpressionSyntax call => !IsArgumentCheck(call) && !AssignsLocal(call),
        ConditionalAccessExpressionSyntax => true,
        MemberAccessExpressionSyntax or IdentifierNameSyntax => expression.Parent is AwaitExpressionSyntax,
        AssignmentExpressionSyntax { Left: IdentifierNameSyntax { Identifier.Text: "_" } } discarded => IsStep(discarded.Right),
        AssignmentExpressionSyntax assignment => IsState(assignment.Left),
        PostfixUnaryExpressionSyntax change => IsState(change.Operand),
        PrefixUnaryExpressionSyntax change => IsState(change.Operand),
        _ => false,
    };

    /// <summary>Returns true if the body of a method is one step without a result.</summary>
    public bool IsStep(MethodDeclarationSyntax method) =>
        method.ExpressionBody is { } body && IsStep(body.Expression) && ReturnsNothing(model.GetDeclaredSymbol(method));

    public bool IsStep(LambdaExpressionSyntax lambda) =>
        lambda.ExpressionBody is { } body && IsStep(body) && ReturnsNothing(model.GetSymbolInfo(lambda).Symbol as IMethodSymbol);

    /// <summary>Returns true if the expression assigns the result of a call to a local variable.</summary>
    public bool IsLocalResult(ExpressionSyntax expression, out AssignmentExpressionSyntax assignment)
    {
        assignment = (expression as AssignmentExpressionSyntax)!;
        return assignment is { RawKind: (int)SyntaxKind.SimpleAssignmentExpression, Left: IdentifierNameSyntax local }
            && CallOf(assignment.Right) is InvocationExpressionSyntax
            && model.GetSymbolInfo(local).Symbol is ILocalSymbol { RefKind: RefKind.None };
    }

    /// <summary>Returns the call inside a step. The call is no separate site.</summary>
    public static ExpressionSyntax CallOf(ExpressionSyntax step) => step switch
    {
        AwaitExpressionSyntax awaited => CallOf(awaited.Expression),
        AssignmentExpressionSyntax { Left: IdentifierNameSyntax { Identifier.Text: "_" } } discarded => CallOf(discarded.Right),
        _ => step,
    };

    // Without its assignments a constructor leaves fields without values.
    private bool IsState(ExpressionSyntax target) =>
        model.GetSymbolInfo(target).Symbol is IFieldSymbol or IPropertySymbol && target.FirstAncestorOrSelf<ConstructorDeclarationSyntax>() is null;

    private static bool IsArgumentCheck(InvocationExpressionSyntax call) =>
        call.Expression is MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax type } && type.Identifier.Text.StartsWith("Argument", StringComparison.Ordinal);

    private static bool AssignsLocal(InvocationExpressionSyntax call) =>
        call.ArgumentList.Arguments.Any(argument => argument.RefKindKeyword.IsKind(SyntaxKind.OutKeyword));

    private static bool ReturnsNothing(IMethodSymbol? method) =>
        method is { ReturnsVoid: true } or { IsAsync: true, ReturnType: INamedTypeSymbol { IsGenericType: false } };
}
