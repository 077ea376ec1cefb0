using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;

namespace IoAsid.Typed.CodeFixes;

/// <summary>The ways to write a cast as a question, the neatest first. What threw before still throws, unless null had a place already.</summary>
/// <param name="cast">The cast.</param>
/// <param name="model">The semantic model of the document.</param>
internal sealed class AskingCast(CastExpressionSyntax cast, SemanticModel model)
{
    private readonly TypeSyntax _type = (cast.Type is NullableTypeSyntax nullable ? nullable.ElementType : cast.Type).WithoutTrivia();
    private readonly ExpressionSyntax _operand = WithoutAssertion(cast.Expression).WithoutTrivia();

    public IEnumerable<(SyntaxNode Old, SyntaxNode New)> Ways()
    {
        if (AcceptsNull())
        {
            yield return (cast, Parenthesized.Where(cast, Parse($"{_operand} as {_type}")));
            yield break;
        }

        if (AsGuard() is { } guard)
            yield return guard;

        string name = FreeName();
        yield return (cast, Parenthesized.Where(cast, Parse($"{_operand} is {_type} {name} ? {name} : throw new {Exception()}()")));
    }

    /// <summary>Returns true if the cast allows null, by a <c>?</c> or because the code has no annotations.</summary>
    private bool AcceptsNull() => cast.Type is NullableTypeSyntax || !model.GetNullableContext(cast.SpanStart).WarningsEnabled();

    /// <summary>Returns the statement for <c>T name = (T)data;</c>: <c>if (data is not T name) { throw … }</c>.</summary>
    private (SyntaxNode Old, SyntaxNode New)? AsGuard()
    {
        if (cast.Parent is not EqualsValueClauseSyntax
            {
                Parent: VariableDeclaratorSyntax
                {
                    Parent: VariableDeclarationSyntax
                    {
                        Variables.Count: 1,
                        Parent: LocalDeclarationStatementSyntax { UsingKeyword.RawKind: 0, IsConst: false, Parent: BlockSyntax } statement,
                    }
                    declaration,
                }
                variable,
            }
            || !SymbolEqualityComparer.Default.Equals(model.GetTypeInfo(declaration.Type).Type, model.GetTypeInfo(cast.Type).Type))
            return null;

        StatementSyntax guard = SyntaxFactory.ParseStatement($$"""
            if ({{_operand}} is not {{_type}} {{variable.Identifier.WithoutTrivia()}})
            {
                throw new {{Exception()}}();
            }
            """);
        return (statement, guard.WithTriviaFrom(statement).WithAdditionalAnnotations(Formatter.Annotation));
    }

    private string Exception() =>
        model.Compilation.GetTypesByMetadataName("System.InvalidCastException")[0].ToMinimalDisplayString(model, cast.SpanStart);

    /// <summary>Returns the type's name in lower case.</summary>
    private string FreeName()
    {
        string type = model.GetTypeInfo(cast.Type).Type!.Name;
        return FreshName.For(char.ToLowerInvariant(type[0]) + type.Substring(1), cast, model);
    }

    /// <summary>Returns a pattern refuses null by itself.</summary>
    private static ExpressionSyntax WithoutAssertion(ExpressionSyntax operand) =>
        operand is PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression } asserted ? asserted.Operand : operand;

    private static ExpressionSyntax Parse(string text) => SyntaxFactory.ParseExpression(text);
}
