using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace IoAsid.Typed.Iommu.Mutations;

/// <summary>What is handed on: links of chains, work as a value, constants, holds.</summary>
internal sealed partial class MutantWriter
{
    public override SyntaxNode? VisitInvocationExpression(InvocationExpressionSyntax node)
    {
        bool isStatement = node == _statementCall;
        var visited = (InvocationExpressionSyntax)base.VisitInvocationExpression(node)!;
        if (model.GetSymbolInfo(node).Symbol is not IMethodSymbol method)
            return visited;
        if (HoldOf(node, method) is { } hold)
            return MutantSyntax.Hold(Site(node, MutationOperator.Hold), visited, hold);
        if (isStatement)
            return visited;
        if (LinkOf(node, visited, method) is { } before)
            return MutantSyntax.ValueIfKept(Site(node, MutationOperator.Part), visited, before);
        if (IsWork(node, method))
            return MutantSyntax.ValueIfKept(Site(node, MutationOperator.Step), visited, NoWork(method));
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
        return node.Expression is { } hold && IsAcquired(hold)
            ? visited.WithExpression(MutantSyntax.Hold(Site(hold, MutationOperator.Hold), visited.Expression!))
            : visited;
    }

    public override SyntaxNode? VisitLocalDeclarationStatement(LocalDeclarationStatementSyntax node)
    {
        if (node.IsConst)
            return node;
        var visited = (LocalDeclarationStatementSyntax)base.VisitLocalDeclarationStatement(node)!;
        if (node.UsingKeyword.IsKind(SyntaxKind.None) || node.Declaration.Variables is not [{ Initializer.Value: { } hold }] || !IsAcquired(hold))
            return visited;
        EqualsValueClauseSyntax initializer = visited.Declaration.Variables[0].Initializer!;
        return visited.ReplaceNode(initializer.Value, MutantSyntax.Hold(Site(hold, MutationOperator.Hold), initializer.Value));
    }

    // What was acquired before, and is only released here, is a site where it was acquired.
    private bool IsAcquired(ExpressionSyntax hold) =>
        hold is not IdentifierNameSyntax && model.GetTypeInfo(hold).Type is { IsRefLikeType: false };

    /// <summary>The hold that a call gives by a parameter, as in <c>TryHold(id, out held)</c>.</summary>
    private static IdentifierNameSyntax? HoldOf(InvocationExpressionSyntax node, IMethodSymbol method)
    {
        if (method.Parameters.LastOrDefault() is not { RefKind: RefKind.Out, Type: { IsReferenceType: true } type } || !IsDisposable(type))
            return null;
        ArgumentSyntax last = node.ArgumentList.Arguments[^1];
        return last.Expression switch
        {
            DeclarationExpressionSyntax { Designation: SingleVariableDesignationSyntax declared } => IdentifierName(declared.Identifier.Text),
            IdentifierNameSyntax name => IdentifierName(name.Identifier.Text),
            _ => null,
        };
    }

    private static bool IsDisposable(ITypeSymbol type) => type.AllInterfaces.Any(known => known.SpecialType == SpecialType.System_IDisposable);

    /// <summary>What the chain is without this link: what it was called on, or given first.</summary>
    private ExpressionSyntax? LinkOf(InvocationExpressionSyntax node, InvocationExpressionSyntax visited, IMethodSymbol method)
    {
        if (method.ReturnType.TypeKind != TypeKind.Class || method.ReturnType.SpecialType != SpecialType.None || IsTask(method.ReturnType))
            return null;
        if (!method.IsStatic && SymbolEqualityComparer.Default.Equals(method.ContainingType, method.ReturnType))
            return (visited.Expression as MemberAccessExpressionSyntax)?.Expression ?? (node.Expression is IdentifierNameSyntax ? ThisExpression() : null);
        bool takesOne = method.Parameters is [var first, ..] && SymbolEqualityComparer.Default.Equals(first.Type, method.ReturnType);
        return takesOne ? visited.ArgumentList.Arguments[0].Expression : null;
    }

    private static bool IsWork(InvocationExpressionSyntax node, IMethodSymbol method)
    {
        bool isUsed = node.Parent is AwaitExpressionSyntax or MemberAccessExpressionSyntax;
        return !isUsed && IsTask(method.ReturnType) && !IsTask(method.ContainingType) && (method.ReturnType.IsValueType || !IsGeneric(method.ReturnType));
    }

    private static ExpressionSyntax NoWork(IMethodSymbol method) => method.ReturnType.IsValueType
        ? LiteralExpression(SyntaxKind.DefaultLiteralExpression)
        : ParseExpression("global::System.Threading.Tasks.Task.CompletedTask");

    private static bool IsTask(ITypeSymbol? type) => type is { Name: "Task" or "ValueTask", ContainingNamespace.Name: "Tasks" };

    private static bool IsGeneric(ITypeSymbol type) => type is INamedTypeSymbol { IsGenericType: true };

    private static bool IsHandedOver(LiteralExpressionSyntax node) =>
        node.Parent is ArgumentSyntax or AssignmentExpressionSyntax { Parent: InitializerExpressionSyntax };
}
