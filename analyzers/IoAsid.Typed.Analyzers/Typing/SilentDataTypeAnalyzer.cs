using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>IOASID1003: a set or reader is made for a data type that says nothing.</summary>
public sealed class SilentDataTypeAnalyzer : CallRule
{
    /// <summary>Creates the rule.</summary>
    public SilentDataTypeAnalyzer()
        : base(Descriptors.SilentDataType)
    {
    }

    internal override void Register(CallActions calls, SdkSymbols sdk)
    {
        calls.Giving(["IoAsidSet", "IoAsidReader"], (context, call) => Report(context, call.TargetMethod, sdk));
        calls.At(context => Report(context, ((IMethodReferenceOperation)context.Operation).Method, sdk), OperationKind.MethodReference);
    }

    private static void Report(OperationAnalysisContext context, IMethodSymbol method, SdkSymbols sdk)
    {
        if (DataTypeChosenFor(method, sdk) is not { } data || DataTypes.WhyItSaysNothing(data) is not { } reason)
            return;

        context.ReportDiagnostic(Diagnostic.Create(
            Descriptors.SilentDataType,
            SiteOf(context.Operation.Syntax).GetLocation(),
            MemberName.Of(method),
            method.ReturnType.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat),
            data.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat),
            reason));
    }

    /// <summary>
    /// Returns the data type that a call chooses for the set or reader it gives: one that the method leaves open and no argument decides. Everything else only
    /// passes on a type that other code chose, and is reported there.
    /// </summary>
    private static ITypeSymbol? DataTypeChosenFor(IMethodSymbol method, SdkSymbols sdk) =>
        (method.IsGenericMethod || (method.IsStatic && method.ContainingType.IsGenericType))
        && method.ReturnType is { Name: "IoAsidSet" or "IoAsidReader" }
        && sdk.DataTypeOf(method.OriginalDefinition.ReturnType) is ITypeParameterSymbol open
        && !method.OriginalDefinition.Parameters.Any(parameter => TypeParameters.Occurs(open, parameter.Type))
            ? sdk.DataTypeOf(method.ReturnType)
            : null;

    /// <summary>Returns the type argument where it is written.</summary>
    private static SyntaxNode SiteOf(SyntaxNode syntax) => syntax switch
    {
        _ when !CallStack.HasRoom() => syntax,
        InvocationExpressionSyntax call => SiteOf(call.Expression),
        GenericNameSyntax { TypeArgumentList.Arguments: { Count: 1 } arguments } => arguments[0],
        MemberAccessExpressionSyntax { Name: GenericNameSyntax method } => SiteOf(method),
        MemberAccessExpressionSyntax { Expression: GenericNameSyntax or MemberAccessExpressionSyntax { Name: GenericNameSyntax } } access => SiteOf(access.Expression),
        MemberAccessExpressionSyntax access => access.Name,
        MemberBindingExpressionSyntax { Name: GenericNameSyntax method } => SiteOf(method),
        _ => syntax,
    };
}
