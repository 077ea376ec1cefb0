using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace IoAsid.Typed.Mutations;

/// <summary>
/// The rewriter that adds a switch at each site of a source, and the sites to the book. Sites follow from syntax and types alone, so new code has sites
/// without further work. The other classes of this folder find the sites, and this class writes the switches.
/// </summary>
internal sealed class MutantWriter(SemanticModel model, SiteBook book) : CSharpSyntaxRewriter
{
    private readonly StepSites _steps = new(model);
    private readonly HoldSites _holds = new(model);

    /// <summary>The call of the step that is being written. The step is the site, so the call is no site.</summary>
    private ExpressionSyntax? _stepCall;

    // Static initialization runs once for all mutants, so it cannot be switched. Constants must stay constants.
    public override SyntaxNode? VisitFieldDeclaration(FieldDeclarationSyntax node) =>
        IsOnceForAll(node.Modifiers) ? node : base.VisitFieldDeclaration(node);

    public override SyntaxNode? VisitPropertyDeclaration(PropertyDeclarationSyntax node) =>
        IsOnceForAll(node.Modifiers) && node.Initializer is not null ? node : base.VisitPropertyDeclaration(node);

    public override SyntaxNode? VisitParameter(ParameterSyntax node) => node;

    public override SyntaxNode? VisitAttributeList(AttributeListSyntax node) => node;

    // Loops count their iterations, so that a mutant that loops permanently is ended.
    public override SyntaxNode? VisitWhileStatement(WhileStatementSyntax node)
    {
        ExpressionSyntax condition = Stopping(node.Condition);
        return node.WithCondition(condition).WithStatement(MutantSyntax.Counted(Visited(node.Statement)));
    }

    public override SyntaxNode? VisitDoStatement(DoStatementSyntax node)
    {
        BlockSyntax body = MutantSyntax.Counted(Visited(node.Statement));
        return node.WithCondition(Stopping(node.Condition)).WithStatement(body);
    }

    public override SyntaxNode? VisitForStatement(ForStatementSyntax node)
    {
        var visited = (ForStatementSyntax)base.VisitForStatement(node)!;
        return visited.WithStatement(MutantSyntax.Counted(visited.Statement));
    }

    public override SyntaxNode? VisitForEachStatement(ForEachStatementSyntax node)
    {
        var visited = (ForEachStatementSyntax)base.VisitForEachStatement(node)!;
        return visited.WithStatement(MutantSyntax.Counted(visited.Statement));
    }

    // A wrong size of a stackalloc would end the process, so it throws instead. A constant size is never wrong, and tests may count allocations.
    public override SyntaxNode? VisitStackAllocArrayCreationExpression(StackAllocArrayCreationExpressionSyntax node)
    {
        if (node.Type is ArrayTypeSyntax { RankSpecifiers: [{ Sizes: [{ } size] }] } && model.GetConstantValue(size).HasValue)
            return node;
        var visited = (StackAllocArrayCreationExpressionSyntax)base.VisitStackAllocArrayCreationExpression(node)!;
        return ArrayCreationExpression(((ArrayTypeSyntax)visited.Type).WithLeadingTrivia(Space), visited.Initializer);
    }

    public override SyntaxNode? VisitExpressionStatement(ExpressionStatementSyntax node)
    {
        if (_steps.IsLocalResult(node.Expression, out AssignmentExpressionSyntax assignment))
            return node.WithExpression(assignment.WithRight(ResultIfKept(assignment.Right)));
        if (!_steps.IsStep(node.Expression))
            return base.VisitExpressionStatement(node);
        int site = Site(node, MutationOperator.Step);
        return MutantSyntax.StatementIfKept(site, node.WithExpression(VisitedStep(node.Expression)));
    }

    public override SyntaxNode? VisitMethodDeclaration(MethodDeclarationSyntax node) => _steps.IsStep(node)
        ? node.WithExpressionBody(null).WithSemicolonToken(default).WithBody(BlockOf(node.ExpressionBody!.Expression))
        : base.VisitMethodDeclaration(node);

    public override SyntaxNode? VisitSimpleLambdaExpression(SimpleLambdaExpressionSyntax node) =>
        _steps.IsStep(node) ? node.WithExpressionBody(null).WithBlock(BlockOf(node.ExpressionBody!)) : base.VisitSimpleLambdaExpression(node);

    public override SyntaxNode? VisitParenthesizedLambdaExpression(ParenthesizedLambdaExpressionSyntax node) =>
        _steps.IsStep(node) ? node.WithExpressionBody(null).WithBlock(BlockOf(node.ExpressionBody!)) : base.VisitParenthesizedLambdaExpression(node);

    public override SyntaxNode? VisitIfStatement(IfStatementSyntax node)
    {
        if (ConditionSites.RefusesArgument(node.Statement))
            return node.WithStatement(Visited(node.Statement));
        ExpressionSyntax condition = node.Else is not null ? Visited(node.Condition)
            : ConditionSites.EndsInJump(node.Statement) ? Stopping(node.Condition)
            : Passing(node.Condition);
        StatementSyntax statement = Visited(node.Statement);
        ElseClauseSyntax? otherwise = node.Else is null ? null : Visited(node.Else);
        return node.WithCondition(condition).WithStatement(statement).WithElse(otherwise);
    }

    public override SyntaxNode? VisitConditionalExpression(ConditionalExpressionSyntax node)
    {
        if (node.WhenFalse is ThrowExpressionSyntax refusal && !ConditionSites.ThrowsArgument(refusal.Expression))
            return node.WithCondition(Passing(node.Condition)).WithWhenTrue(Visited(node.WhenTrue));
        return base.VisitConditionalExpression(node);
    }

    public override SyntaxNode? VisitBinaryExpression(BinaryExpressionSyntax node)
    {
        if (!ConditionSites.IsJunction(node))
        {
            var visited = (BinaryExpressionSyntax)base.VisitBinaryExpression(node)!;
            return ConditionSites.IsComparison(node) && IsHandedOver(node) ? MutantSyntax.Flag(Site(node.Parent!, MutationOperator.Flag), visited) : visited;
        }

        return node.IsKind(SyntaxKind.LogicalOrExpression)
            ? node.WithLeft(Stopping(node.Left)).WithRight(Stopping(node.Right))
            : node.WithLeft(Passing(node.Left)).WithRight(Passing(node.Right));
    }

    public override SyntaxNode? VisitInvocationExpression(InvocationExpressionSyntax node)
    {
        bool isStep = node == _stepCall;
        var visited = (InvocationExpressionSyntax)base.VisitInvocationExpression(node)!;
        if (model.GetSymbolInfo(node).Symbol is not IMethodSymbol method)
            return visited;
        if (HoldSites.HoldOf(node, method) is { } hold)
            return MutantSyntax.Hold(Site(node, MutationOperator.Hold), visited, hold);
        if (isStep)
            return visited;
        if (CallSites.ChainWithout(node, visited, method) is { } before)
            return MutantSyntax.ValueIfKept(Site(node, MutationOperator.Part), visited, before);
        if (CallSites.IsWork(node, method))
            return MutantSyntax.ValueIfKept(Site(node, MutationOperator.Step), visited, CallSites.NoWork(method));
        return visited;
    }

    public override SyntaxNode? VisitLiteralExpression(LiteralExpressionSyntax node)
    {
        bool isConstant = node.IsKind(SyntaxKind.TrueLiteralExpression) || node.IsKind(SyntaxKind.FalseLiteralExpression);
        return isConstant && IsHandedOver(node) ? MutantSyntax.Flag(Site(node.Parent!, MutationOperator.Flag), node) : base.VisitLiteralExpression(node);
    }

    public override SyntaxNode? VisitUsingStatement(UsingStatementSyntax node)
    {
        var visited = (UsingStatementSyntax)base.VisitUsingStatement(node)!;
        return node.Expression is { } hold && _holds.IsAcquired(hold)
            ? visited.WithExpression(MutantSyntax.Hold(Site(hold, MutationOperator.Hold), visited.Expression!))
            : visited;
    }

    public override SyntaxNode? VisitLocalDeclarationStatement(LocalDeclarationStatementSyntax node)
    {
        if (node.IsConst)
            return node;
        var visited = (LocalDeclarationStatementSyntax)base.VisitLocalDeclarationStatement(node)!;
        if (node.UsingKeyword.IsKind(SyntaxKind.None) || node.Declaration.Variables is not [{ Initializer.Value: { } hold }] || !_holds.IsAcquired(hold))
            return visited;
        EqualsValueClauseSyntax initializer = visited.Declaration.Variables[0].Initializer!;
        return visited.ReplaceNode(initializer.Value, MutantSyntax.Hold(Site(hold, MutationOperator.Hold), initializer.Value));
    }

    private static bool IsHandedOver(ExpressionSyntax value) => value.Parent is ArgumentSyntax or AssignmentExpressionSyntax { Parent: InitializerExpressionSyntax };

    /// <summary>Mutates the condition of a loop or of a refusal, or an operand of "or", to one that is never true.</summary>
    private ExpressionSyntax Stopping(ExpressionSyntax condition) => Leaf(condition, MutantSyntax.NeverTrue);

    /// <summary>Mutates the condition of an action, or an operand of "and", to one that is always true.</summary>
    private ExpressionSyntax Passing(ExpressionSyntax condition) => Leaf(condition, MutantSyntax.AlwaysTrue);

    private ExpressionSyntax Leaf(ExpressionSyntax condition, Func<int, ExpressionSyntax, ExpressionSyntax> mutate) =>
        ConditionSites.IsSite(condition) ? mutate(Site(condition, MutationOperator.Check), Visited(condition)) : Visited(condition);

    private BlockSyntax BlockOf(ExpressionSyntax step)
    {
        int site = Site(step, MutationOperator.Step);
        return MutantSyntax.StatementIfKept(site, ExpressionStatement(VisitedStep(step).WithoutTrivia()));
    }

    private ExpressionSyntax ResultIfKept(ExpressionSyntax result)
    {
        int site = Site(result, MutationOperator.Step);
        return MutantSyntax.ValueIfKept(site, VisitedStep(result), LiteralExpression(SyntaxKind.DefaultLiteralExpression));
    }

    private ExpressionSyntax VisitedStep(ExpressionSyntax step)
    {
        _stepCall = StepSites.CallOf(step);
        return Visited(step);
    }

    private static bool IsOnceForAll(SyntaxTokenList modifiers) => modifiers.Any(SyntaxKind.StaticKeyword) || modifiers.Any(SyntaxKind.ConstKeyword);

    private T Visited<T>(T node)
        where T : SyntaxNode => (T)Visit(node)!;

    private int Site(SyntaxNode node, MutationOperator @operator) => book.Add(node, @operator);
}
