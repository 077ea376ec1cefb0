using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace IoAsid.Typed.Iommu.Mutations;

/// <summary>What is done: calls that are statements, changes of state, and work that a caller waits for.</summary>
internal sealed partial class MutantWriter
{
    private ExpressionSyntax? _statementCall;

    public override SyntaxNode? VisitExpressionStatement(ExpressionStatementSyntax node)
    {
        if (IsLocalResult(node.Expression, out AssignmentExpressionSyntax? assignment))
            return node.WithExpression(assignment.WithRight(ResultIfKept(assignment.Right)));
        if (!IsStep(node.Expression))
            return base.VisitExpressionStatement(node);
        int site = Site(node, MutationOperator.Step);
        return MutantSyntax.StatementIfKept(site, VisitedStep(node));
    }

    public override SyntaxNode? VisitMethodDeclaration(MethodDeclarationSyntax node)
    {
        if (node.ExpressionBody is not { } body || !IsStep(body.Expression) || !GivesNothing(model.GetDeclaredSymbol(node)))
            return base.VisitMethodDeclaration(node);
        return node.WithExpressionBody(null).WithSemicolonToken(default).WithBody(BlockOf(body.Expression));
    }

    public override SyntaxNode? VisitSimpleLambdaExpression(SimpleLambdaExpressionSyntax node) =>
        IsStepLambda(node) ? node.WithExpressionBody(null).WithBlock(BlockOf(node.ExpressionBody!)) : base.VisitSimpleLambdaExpression(node);

    public override SyntaxNode? VisitParenthesizedLambdaExpression(ParenthesizedLambdaExpressionSyntax node) =>
        IsStepLambda(node) ? node.WithExpressionBody(null).WithBlock(BlockOf(node.ExpressionBody!)) : base.VisitParenthesizedLambdaExpression(node);

    private bool IsStepLambda(LambdaExpressionSyntax node) =>
        node.ExpressionBody is { } body && IsStep(body) && GivesNothing(model.GetSymbolInfo(node).Symbol as IMethodSymbol);

    private BlockSyntax BlockOf(ExpressionSyntax step)
    {
        int site = Site(step, MutationOperator.Step);
        _statementCall = Called(step);
        return MutantSyntax.StatementIfKept(site, ExpressionStatement(Visited(step).WithoutTrivia()));
    }

    private ExpressionStatementSyntax VisitedStep(ExpressionStatementSyntax node)
    {
        _statementCall = Called(node.Expression);
        return node.WithExpression(Visited(node.Expression));
    }

    private ExpressionSyntax ResultIfKept(ExpressionSyntax result)
    {
        int site = Site(result, MutationOperator.Step);
        _statementCall = Called(result);
        return MutantSyntax.ValueIfKept(site, Visited(result), LiteralExpression(SyntaxKind.DefaultLiteralExpression));
    }

    private static ExpressionSyntax Called(ExpressionSyntax step) => step switch
    {
        AwaitExpressionSyntax awaited => Called(awaited.Expression),
        AssignmentExpressionSyntax { Left: IdentifierNameSyntax { Identifier.Text: "_" } } discarded => Called(discarded.Right),
        _ => step,
    };

    private bool IsStep(ExpressionSyntax expression) => expression switch
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

    // A constructor's fields would have no values.
    private bool IsState(ExpressionSyntax target) =>
        model.GetSymbolInfo(target).Symbol is IFieldSymbol or IPropertySymbol && target.FirstAncestorOrSelf<ConstructorDeclarationSyntax>() is null;

    private bool IsLocalResult(ExpressionSyntax expression, out AssignmentExpressionSyntax assignment)
    {
        assignment = (expression as AssignmentExpressionSyntax)!;
        return assignment is { RawKind: (int)SyntaxKind.SimpleAssignmentExpression, Left: IdentifierNameSyntax local }
            && Called(assignment.Right) is InvocationExpressionSyntax
            && model.GetSymbolInfo(local).Symbol is ILocalSymbol { RefKind: RefKind.None };
    }

    private static bool IsArgumentCheck(InvocationExpressionSyntax call) =>
        call.Expression is MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax type } && type.Identifier.Text.StartsWith("Argument", StringComparison.Ordinal);

    private static bool AssignsLocal(InvocationExpressionSyntax call) =>
        call.ArgumentList.Arguments.Any(argument => argument.RefKindKeyword.IsKind(SyntaxKind.OutKeyword));

    private static bool GivesNothing(IMethodSymbol? method) =>
        method is { ReturnsVoid: true } or { IsAsync: true, ReturnType: INamedTypeSymbol { IsGenericType: false } };
}
