using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.Iommu.Mutations;

/// <summary>
/// Writes a source again with a switch at each site, and enters the sites in the book. Sites are found by syntax and types alone: new code has them without
/// anybody thinking of it.
/// </summary>
internal sealed partial class MutantWriter(SemanticModel model, string file, SiteBook book) : CSharpSyntaxRewriter
{
    // What runs once for all mutants cannot be switched, and constants must stay constants.
    public override SyntaxNode? VisitFieldDeclaration(FieldDeclarationSyntax node) =>
        IsOnceForAll(node.Modifiers) ? node : base.VisitFieldDeclaration(node);

    public override SyntaxNode? VisitPropertyDeclaration(PropertyDeclarationSyntax node) =>
        IsOnceForAll(node.Modifiers) && node.Initializer is not null ? node : base.VisitPropertyDeclaration(node);

    public override SyntaxNode? VisitParameter(ParameterSyntax node) => node;

    public override SyntaxNode? VisitAttributeList(AttributeListSyntax node) => node;

    public override SyntaxNode? VisitWhileStatement(WhileStatementSyntax node)
    {
        ExpressionSyntax condition = Condition(node.Condition, stops: false);
        return node.WithCondition(condition).WithStatement(MutantSyntax.Counted(Visited(node.Statement)));
    }

    public override SyntaxNode? VisitDoStatement(DoStatementSyntax node)
    {
        BlockSyntax body = MutantSyntax.Counted(Visited(node.Statement));
        return node.WithCondition(Condition(node.Condition, stops: false)).WithStatement(body);
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

    // A size that is wrong shall be an exception, not the end of the process.
    public override SyntaxNode? VisitStackAllocArrayCreationExpression(StackAllocArrayCreationExpressionSyntax node)
    {
        var visited = (StackAllocArrayCreationExpressionSyntax)base.VisitStackAllocArrayCreationExpression(node)!;
        return SyntaxFactory.ArrayCreationExpression(((ArrayTypeSyntax)visited.Type).WithLeadingTrivia(SyntaxFactory.Space), visited.Initializer);
    }

    private static bool IsOnceForAll(SyntaxTokenList modifiers) => modifiers.Any(SyntaxKind.StaticKeyword) || modifiers.Any(SyntaxKind.ConstKeyword);

    private T Visited<T>(T node)
        where T : SyntaxNode => (T)Visit(node)!;

    private int Site(SyntaxNode node, MutationOperator @operator) => book.Add(file, node, @operator);
}
