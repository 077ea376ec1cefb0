using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>IOASID1009: a number of up to 32 bits is converted to 8 or 16 bits, and no code tests whether it fits.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class NarrowedIdAnalyzer : IoAsidAnalyzer
{
    /// <summary>Creates the rule.</summary>
    public NarrowedIdAnalyzer()
        : base(Descriptors.NarrowedId)
    {
    }

    private protected override void Register(CompilationStartAnalysisContext context, SdkSymbols sdk) => context.RegisterSyntaxNodeAction(
        node =>
        {
            CastExpressionSyntax cast = (CastExpressionSyntax)node.Node;
            if (!EndsInValue(cast.Expression)
                || node.SemanticModel.GetOperation(cast, node.CancellationToken) is not IConversionOperation { IsChecked: false, OperatorMethod: null, Type: { } type } narrowing
                || !HasFewBits(type)
                || NumberIn(narrowing) is not { } number
                || !IsId(number.Property.ContainingType, sdk)
                || IsAccountedFor(number, cast, node.ContainingSymbol))
                return;

            node.ReportDiagnostic(Diagnostic.Create(
                Descriptors.NarrowedId,
                cast.Type.GetLocation(),
                number.Syntax.ToString(),
                type.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat),
                number.Property.ContainingType.Name));
        },
        SyntaxKind.CastExpression);

    /// <summary>Returns a first look that needs no symbol.</summary>
    private static bool EndsInValue(ExpressionSyntax expression) => expression switch
    {
        _ when !CallStack.HasRoom() => false,
        MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText is "Value",
        CastExpressionSyntax cast => EndsInValue(cast.Expression),
        ParenthesizedExpressionSyntax parentheses => EndsInValue(parentheses.Expression),
        _ => false,
    };

    private static bool HasFewBits(ITypeSymbol type) => type.SpecialType is SpecialType.System_Byte or SpecialType.System_SByte
        or SpecialType.System_Int16 or SpecialType.System_UInt16 or SpecialType.System_Char;

    private static bool IsId(ITypeSymbol type, SdkSymbols sdk) => sdk.RawId.Is(type) || sdk.PrivateId.Is(type);

    /// <summary>Returns the number under conversions that kept all its bits.</summary>
    private static IPropertyReferenceOperation? NumberIn(IConversionOperation narrowing)
    {
        IOperation value = narrowing.Operand;
        while (value is IConversionOperation { OperatorMethod: null, Type: { } type } conversion && !HasFewBits(type))
            value = conversion.Operand;

        return value as IPropertyReferenceOperation;
    }

    /// <summary>Returns true if the loss is wanted (<c>unchecked</c>, a hash code), or the same body looks at the other bits elsewhere.</summary>
    private static bool IsAccountedFor(IPropertyReferenceOperation number, CastExpressionSyntax cast, ISymbol? member) =>
        member?.Name is nameof(GetHashCode)
        || cast.Ancestors().Any(outer => outer is CheckedExpressionSyntax or CheckedStatementSyntax)
        || ExaminedNumbers.Around(number).Contain(number);
}
