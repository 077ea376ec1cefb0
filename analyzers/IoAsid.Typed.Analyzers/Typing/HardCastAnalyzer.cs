using IoAsid.Typed.Analyzers.Sdk;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

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

    /// <summary>What a type parameter stands for, nobody knows here.</summary>
    private static bool IsReferenceCast(IConversionOperation conversion) =>
        conversion is { OperatorMethod: null, Conversion: { IsReference: true, IsImplicit: false }, Type.TypeKind: not TypeKind.TypeParameter };
}
