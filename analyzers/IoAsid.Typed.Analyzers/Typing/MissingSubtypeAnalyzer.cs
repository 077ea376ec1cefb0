using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>IOASID1008: a switch over data misses a subtype.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class MissingSubtypeAnalyzer : IoAsidAnalyzer
{
    /// <summary>Creates the rule.</summary>
    public MissingSubtypeAnalyzer()
        : base(Descriptors.MissingSubtype)
    {
    }

    private protected override void Register(CompilationStartAnalysisContext context, SdkSymbols sdk)
    {
        ClosedHierarchies hierarchies = new();
        DataInUse inUse = new(context.Compilation, sdk);
        context.RegisterOperationAction(
            operation =>
            {
                ISymbol within = operation.ContainingSymbol.ContainingType ?? (ISymbol)operation.Compilation.Assembly;
                if (DataSwitch.Of(operation.Operation, hierarchies, within) is { Missing: { IsEmpty: false } missing } choice
                    && IsOfLookup(operation.Operation, operation.ContainingSymbol, choice, inUse, sdk))
                {
                    operation.ReportDiagnostic(Diagnostic.Create(
                        Descriptors.MissingSubtype,
                        KeywordOf(operation.Operation.Syntax).GetLocation(),
                        Name(choice.Data),
                        string.Join("', '", missing.Select(Name))));
                }
            },
            OperationKind.SwitchExpression,
            OperationKind.Switch);
    }

    /// <summary>Returns true if the value of a switch comes from a lookup, or if sets have such data. The rule does not examine other closed hierarchies.</summary>
    internal static bool IsOfLookup(IOperation operation, ISymbol containing, DataSwitch choice, DataInUse inUse, SdkSymbols sdk)
    {
        IOperation value = operation is ISwitchOperation statement ? statement.Value : ((ISwitchExpressionOperation)operation).Value;
        return inUse.Includes(choice.Data) || LookedUpData.Around(operation, containing, sdk).Is(value);
    }

    private static SyntaxToken KeywordOf(SyntaxNode syntax) =>
        syntax is SwitchExpressionSyntax expression ? expression.SwitchKeyword : ((SwitchStatementSyntax)syntax).SwitchKeyword;

    private static string Name(ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat);
}
