using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.CodeFixes;

/// <summary>Writes the typed lookup through a candidate.</summary>
/// <param name="candidate">The set or reader to look in.</param>
/// <param name="arguments">The id and the getter.</param>
/// <param name="rawIdType">How the type of a bare number is called at this place.</param>
internal sealed class TypedLookupSyntax(CandidateSet candidate, LookupArguments arguments, TypeSyntax rawIdType)
{
    /// <summary>Marks what stands before the dot, to be found again in the repaired code.</summary>
    public SyntaxAnnotation Receiver { get; } = new();

    /// <summary>Returns <c>set.Find(id)</c> or <c>set.Find(id, getter)</c>.</summary>
    public ExpressionSyntax Find() =>
        arguments.Getter is { } getter
            ? Call("Find", SyntaxFactory.Argument(Id()), SyntaxFactory.Argument(getter.WithoutTrivia()))
            : Call("Find", SyntaxFactory.Argument(Id()));

    /// <summary>Returns <c>set.Find(id).Data</c>.</summary>
    public ExpressionSyntax Data() => Member(Find(), "Data");

    /// <summary>Returns <c>set.TryFind(id, out T? data)</c>.</summary>
    public ExpressionSyntax TryFind(TypeSyntax type, VariableDesignationSyntax data) =>
        Call(
            "TryFind",
            SyntaxFactory.Argument(Id()),
            SyntaxFactory.Argument(
                null,
                SyntaxFactory.Token(SyntaxKind.OutKeyword).WithTrailingTrivia(SyntaxFactory.Space),
                SyntaxFactory.DeclarationExpression(type.WithoutTrivia().WithTrailingTrivia(SyntaxFactory.Space), data.WithoutTrivia())));

    private ExpressionSyntax Id()
    {
        ExpressionSyntax id = arguments.Id.WithoutTrivia();
        return arguments.IsNumber
            ? SyntaxFactory.ObjectCreationExpression(
                SyntaxFactory.Token(SyntaxKind.NewKeyword).WithTrailingTrivia(SyntaxFactory.Space),
                rawIdType,
                List(SyntaxFactory.Argument(id)),
                null)
            : id;
    }

    private InvocationExpressionSyntax Call(string method, params ArgumentSyntax[] given) =>
        SyntaxFactory.InvocationExpression(Member(candidate.Receiver.WithAdditionalAnnotations(Receiver), method), List(given)).WithAdditionalAnnotations(EvaluationOrder.Replacement);

    private static MemberAccessExpressionSyntax Member(ExpressionSyntax owner, string name) =>
        SyntaxFactory.MemberAccessExpression(SyntaxKind.SimpleMemberAccessExpression, owner, SyntaxFactory.IdentifierName(name));

    private static ArgumentListSyntax List(params ArgumentSyntax[] given)
    {
        SyntaxToken comma = SyntaxFactory.Token(SyntaxKind.CommaToken).WithTrailingTrivia(SyntaxFactory.Space);
        return SyntaxFactory.ArgumentList(SyntaxFactory.SeparatedList(given, Enumerable.Repeat(comma, given.Length - 1)));
    }
}
