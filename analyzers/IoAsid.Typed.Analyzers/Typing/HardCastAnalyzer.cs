using IoAsid.Typed.Analyzers.Sdk;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;

namespace IoAsid.Typed.Analyzers.Typing;

/// <summary>IOASID1006: data is taken for a subtype without a question.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HardCastAnalyzer : IoAsidAnalyzer
{
    /// <summary>Creates the rule.</summary>
    public HardCastAnalyzer()
        : base(Descriptors.HardCast)
    {
    }

    /// <summary>From the cast, not from the data: casts are few, and the report belongs where the cast is.</summary>
    private protected override void Register(CompilationStartAnalysisContext context, SdkSymbols sdk) => context.RegisterSyntaxNodeAction(
        node =>
        {
            CastExpressionSyntax cast = (CastExpressionSyntax)node.Node;
            if (cast.Type is PredefinedTypeSyntax
                || !MayBeData(cast.Expression)
                || !MayFindData(cast)
                || node.SemanticModel.GetOperation(cast, node.CancellationToken) is not IConversionOperation { Type: { } type } conversion
                || !IsReferenceCast(conversion)
                || Answers.DataTypeOf(conversion.Operand, sdk) is not { } data
                || node.Compilation.ClassifyConversion(data, type).IsImplicit
                || Answers.WaysToName(conversion.Operand).Any(name => TypeTests.Around(name).Ask(name, type)))
                return;

            node.ReportDiagnostic(Diagnostic.Create(
                Descriptors.HardCast,
                cast.Type.GetLocation(),
                cast.Expression.ToString(),
                type.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat),
                data.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat)));
        },
        SyntaxKind.CastExpression);

    /// <summary>Whether a value can be data, or a variable that holds data, as it is written.</summary>
    private static bool MayBeData(ExpressionSyntax value) => value switch
    {
        _ when !CallStack.HasRoom() => false,
        IdentifierNameSyntax => true,
        MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText is "Data",
        ParenthesizedExpressionSyntax parenthesized => MayBeData(parenthesized.Expression),
        CastExpressionSyntax cast => MayBeData(cast.Expression),
        PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression } asserted => MayBeData(asserted.Operand),
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AsExpression } conversion => MayBeData(conversion.Left),
        _ => false,
    };

    /// <summary>A first look at the text alone: without one of these words in the member around, no variable of it holds data.</summary>
    private static bool MayFindData(CastExpressionSyntax cast)
    {
        SyntaxNode? member = cast.FirstAncestorOrSelf<MemberDeclarationSyntax>();
        TextSpan span = member is null or GlobalStatementSyntax ? cast.SyntaxTree.GetRoot().Span : member.Span;
        return Mentions.AreIn(span, "Data", cast.SyntaxTree, CancellationToken.None) || Mentions.AreIn(span, "Find", cast.SyntaxTree, CancellationToken.None);
    }

    /// <summary>What a type parameter stands for, nobody knows here.</summary>
    private static bool IsReferenceCast(IConversionOperation conversion) =>
        conversion is { OperatorMethod: null, Conversion: { IsReference: true, IsImplicit: false }, Type.TypeKind: not TypeKind.TypeParameter };
}
