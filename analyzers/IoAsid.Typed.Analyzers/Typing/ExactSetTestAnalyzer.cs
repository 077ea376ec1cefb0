using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace IoAsid.Typed.Analyzers;

/// <summary>IOASID1007: a set is tested for one data type, and the test fails for sets of a subtype.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ExactSetTestAnalyzer : IoAsidAnalyzer
{
    /// <summary>Creates the rule.</summary>
    public ExactSetTestAnalyzer()
        : base(Descriptors.ExactSetTest)
    {
    }

    private protected override void Register(CompilationStartAnalysisContext context, SdkSymbols sdk)
    {
        Subtypes subtypes = new(context.Compilation);
        TypeNames names = new("IoAsidSet", context.Compilation);
        context.RegisterOperationAction(
            operation =>
            {
                if (SetTest.Of(operation.Operation, operation.ContainingSymbol, sdk) is { } test)
                    Report(operation.ReportDiagnostic, test, subtypes);
            },
            OperationKind.IsType,
            OperationKind.DeclarationPattern,
            OperationKind.TypePattern,
            OperationKind.RecursivePattern);

        // Most conversions are implicit, and few are written.
        context.RegisterSyntaxNodeAction(
            node =>
            {
                if (names.MayBe(TypeOf(node.Node))
                    && sdk.TypedSet.Is(node.SemanticModel.GetTypeInfo(node.Node, node.CancellationToken).Type)
                    && node.ContainingSymbol is { } containing
                    && SetTest.Of(node.SemanticModel.GetOperation(node.Node, node.CancellationToken), containing, sdk) is { } test)
                    Report(node.ReportDiagnostic, test, subtypes);
            },
            SyntaxKind.CastExpression,
            SyntaxKind.AsExpression);
    }

    private static TypeSyntax? TypeOf(SyntaxNode node) => node switch
    {
        CastExpressionSyntax cast => cast.Type,
        BinaryExpressionSyntax binary => binary.Right as TypeSyntax,
        _ => null,
    };

    private static void Report(Action<Diagnostic> report, SetTest test, Subtypes subtypes)
    {
        if (!subtypes.MayNarrow(test.Data) || test.NeedsExactSet || test.KnowsNarrowedSets)
            return;

        report(Diagnostic.Create(
            Descriptors.ExactSetTest,
            test.Site.GetLocation(),
            test.Set.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat),
            test.Data.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat)));
    }
}
