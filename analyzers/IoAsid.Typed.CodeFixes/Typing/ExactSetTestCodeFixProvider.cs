using System.Collections.Immutable;
using System.Composition;
using IoAsid.Typed.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.CodeFixes;

/// <summary>Fixes IOASID1007: a reader, which sets of subtypes have too. Offered where all that follows only reads.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ExactSetTestCodeFixProvider))]
[Shared]
public sealed class ExactSetTestCodeFixProvider : TriedCodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [DiagnosticIds.ExactSetTest];

    private protected override string Title => "Read it through an IoAsidReader";

    private protected override IEnumerable<Change> Ways(SyntaxNode node, Diagnostic diagnostic, SemanticModel model, CodeStyle style, CancellationToken cancellationToken) =>
        SdkSymbols.Of(model.Compilation) is { } sdk
        && node.FirstAncestorOrSelf<ExpressionSyntax>(outer => outer is not TypeSyntax) is { } test
        && ReaderOf(node, test, model, sdk) is { } replacement
            ? [Replace(test, replacement)]
            : [];

    private static ExpressionSyntax? ReaderOf(SyntaxNode site, ExpressionSyntax test, SemanticModel model, SdkSymbols sdk)
    {
        if (sdk.DataTypeOf(model.GetTypeInfo(site.FirstAncestorOrSelf<TypeSyntax>() ?? site).Type) is not { } data)
            return null;

        string reader = sdk.TypedReader.Definitions[0].Construct(data).ToMinimalDisplayString(model, site.SpanStart);
        return test switch
        {
            IsPatternExpressionSyntax { Pattern: UnaryPatternSyntax { Pattern: var pattern } } negated =>
                TryOf(reader, negated.Expression, pattern) is { } asked ? SyntaxFactory.PrefixUnaryExpression(SyntaxKind.LogicalNotExpression, asked.WithTriviaFrom(test)) : null,
            IsPatternExpressionSyntax matched => TryOf(reader, matched.Expression, matched.Pattern)?.WithTriviaFrom(test),
            BinaryExpressionSyntax binary when binary.IsKind(SyntaxKind.IsExpression) => Call(reader, "TryOf", $"{Text(binary.Left)}, out _").WithTriviaFrom(test),
            BinaryExpressionSyntax binary => Of(reader, binary.Left, model, sdk)?.WithTriviaFrom(test),
            CastExpressionSyntax cast => Of(reader, cast.Expression, model, sdk)?.WithTriviaFrom(test),
            _ => null,
        };
    }

    /// <summary>Returns the call for <c>set is IoAsidSet&lt;T&gt; name</c>: <c>IoAsidReader&lt;T&gt;.TryOf(set, out IoAsidReader&lt;T&gt; name)</c>.</summary>
    private static ExpressionSyntax? TryOf(string reader, ExpressionSyntax set, PatternSyntax pattern) => pattern switch
    {
        DeclarationPatternSyntax { Designation: SingleVariableDesignationSyntax name } => Call(reader, "TryOf", $"{Text(set)}, out {reader} {name.Identifier}"),
        DeclarationPatternSyntax { Designation: DiscardDesignationSyntax } or TypePatternSyntax => Call(reader, "TryOf", $"{Text(set)}, out _"),
        _ => null,
    };

    /// <summary>Returns the reader of a typed set that was only hidden by a conversion. It is widened without a test.</summary>
    private static ExpressionSyntax? Of(string reader, ExpressionSyntax operand, SemanticModel model, SdkSymbols sdk)
    {
        while (operand is ParenthesizedExpressionSyntax or CastExpressionSyntax)
            operand = operand is CastExpressionSyntax cast ? cast.Expression : ((ParenthesizedExpressionSyntax)operand).Expression;

        return sdk.TypedSet.Is(model.GetTypeInfo(operand).Type) ? Call(reader, "Of", Text(operand)) : null;
    }

    private static ExpressionSyntax Call(string reader, string method, string arguments) =>
        SyntaxFactory.ParseExpression($"{reader}.{method}({arguments})");

    private static string Text(ExpressionSyntax expression) => expression.WithoutTrivia().ToFullString();
}
