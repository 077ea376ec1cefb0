using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;

namespace IoAsid.Typed.Analyzers;

/// <summary>IOASID1006: data is cast to a subtype without a test.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HardCastAnalyzer : IoAsidAnalyzer
{
    /// <summary>Creates the rule.</summary>
    public HardCastAnalyzer()
        : base(Descriptors.HardCast)
    {
    }

    /// <summary>Registers the rule at casts: they are few, and the report belongs there.</summary>
    private protected override void Register(CompilationStartAnalysisContext context, SdkSymbols sdk) => context.RegisterSyntaxNodeAction(
        node =>
        {
            CastExpressionSyntax cast = (CastExpressionSyntax)node.Node;
            if (cast.Type is PredefinedTypeSyntax
                || !MayBeData(cast.Expression)
                || !MayFindData(cast)
                || node.SemanticModel.GetOperation(cast, node.CancellationToken) is not IConversionOperation { Type: { } type } conversion
                || !DataTracker.IsHardCast(conversion)
                || node.ContainingSymbol is not { } containing
                || LookedUpData.Around(conversion, containing, sdk).TypeBefore(cast) is not { } data
                || node.Compilation.ClassifyConversion(data, type).IsImplicit)
                return;

            node.ReportDiagnostic(Diagnostic.Create(
                Descriptors.HardCast,
                cast.Type.GetLocation(),
                cast.Expression.ToString(),
                type.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat),
                data.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat)));
        },
        SyntaxKind.CastExpression);

    /// <summary>Returns true if the text of a value can be that of data. A new object or the result of a call is not data.</summary>
    private static bool MayBeData(ExpressionSyntax value)
    {
        while (value is ParenthesizedExpressionSyntax parenthesized)
            value = parenthesized.Expression;

        return value is not (LiteralExpressionSyntax or InvocationExpressionSyntax or BaseObjectCreationExpressionSyntax or ArrayCreationExpressionSyntax or TypeOfExpressionSyntax or ThisExpressionSyntax);
    }

    /// <summary>Returns true if data may be in reach by the text alone: without one of these words in the member around, no variable holds data.</summary>
    private static bool MayFindData(CastExpressionSyntax cast)
    {
        SyntaxNode? member = cast.FirstAncestorOrSelf<MemberDeclarationSyntax>();
        TextSpan span = member is null or GlobalStatementSyntax ? cast.SyntaxTree.GetRoot().Span : member.Span;
        return Mentions.AreIn(span, "Data", cast.SyntaxTree, CancellationToken.None) || Mentions.AreIn(span, "Find", cast.SyntaxTree, CancellationToken.None);
    }
}
