using IoAsid.Typed.Analyzers.Sdk;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers.Typing;

/// <summary>IOASID1003: a set or reader is made for data of a type that says nothing.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class SilentDataTypeAnalyzer : IoAsidAnalyzer
{
    /// <summary>Creates the rule.</summary>
    public SilentDataTypeAnalyzer()
        : base(Descriptors.SilentDataType)
    {
    }

    private protected override void Register(CompilationStartAnalysisContext context, SdkSymbols sdk) => context.RegisterOperationAction(
        operation =>
        {
            if (MethodOf(operation.Operation) is { } method
                && DataTypeChosenFor(method, sdk) is { } data
                && DataTypes.WhyItSaysNothing(data) is { } reason)
            {
                operation.ReportDiagnostic(Diagnostic.Create(
                    Descriptors.SilentDataType,
                    SiteOf(operation.Operation.Syntax).GetLocation(),
                    MemberName.Of(method),
                    method.ReturnType.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat),
                    data.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat),
                    reason));
            }
        },
        OperationKind.Invocation,
        OperationKind.MethodReference);

    private static IMethodSymbol? MethodOf(IOperation operation) => operation switch
    {
        IInvocationOperation call => call.TargetMethod,
        IMethodReferenceOperation reference => reference.Method,
        _ => null,
    };

    /// <summary>
    /// The data type that a call chooses for the set or reader it gives: one that the method leaves open and no argument decides. Everything else only
    /// passes on what was chosen elsewhere, and is reported there.
    /// </summary>
    private static ITypeSymbol? DataTypeChosenFor(IMethodSymbol method, SdkSymbols sdk) =>
        (method.IsGenericMethod || (method.IsStatic && method.ContainingType.IsGenericType))
        && method.ReturnType is { Name: "IoAsidSet" or "IoAsidReader" }
        && sdk.DataTypeOf(method.OriginalDefinition.ReturnType) is ITypeParameterSymbol open
        && !method.OriginalDefinition.Parameters.Any(parameter => TypeParameters.Occurs(open, parameter.Type))
            ? sdk.DataTypeOf(method.ReturnType)
            : null;

    /// <summary>The type argument where it is written.</summary>
    private static SyntaxNode SiteOf(SyntaxNode syntax) => syntax switch
    {
        InvocationExpressionSyntax call => SiteOf(call.Expression),
        GenericNameSyntax { TypeArgumentList.Arguments: { Count: 1 } arguments } => arguments[0],
        MemberAccessExpressionSyntax { Name: GenericNameSyntax method } => SiteOf(method),
        MemberAccessExpressionSyntax { Expression: GenericNameSyntax or MemberAccessExpressionSyntax { Name: GenericNameSyntax } } access => SiteOf(access.Expression),
        MemberAccessExpressionSyntax access => access.Name,
        MemberBindingExpressionSyntax { Name: GenericNameSyntax method } => SiteOf(method),
        _ => syntax,
    };
}
