using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace IoAsid.Typed.Analyzers;

/// <summary>
/// A rule about methods and indexers that are untyped lookups and neither marked nor named. It begins at the syntax of declarations, because a look at every symbol costs more
/// than all the rest.
/// </summary>
public abstract class DeclaredLookupAnalyzer : IoAsidAnalyzer
{
    private protected DeclaredLookupAnalyzer(DiagnosticDescriptor descriptor)
        : base(descriptor)
    {
    }

    private protected sealed override void Register(CompilationStartAnalysisContext context, SdkSymbols sdk)
    {
        UntypedLookupCatalog catalog = new(sdk, context.Compilation, context.Options.AnalyzerConfigOptionsProvider);
        Func<SyntaxNode, ISymbol, Diagnostic?> judge = Begin(context.Compilation, catalog, context.RegisterSyntaxNodeAction, context.CancellationToken);
        context.RegisterSyntaxNodeAction(
            node =>
            {
                if (node.ContainingSymbol is { } member && judge(node.Node, member) is { } diagnostic && !catalog.Contains(member, node.Node.SyntaxTree))
                    node.ReportDiagnostic(diagnostic);
            },
            SyntaxKind.MethodDeclaration,
            SyntaxKind.IndexerDeclaration);
    }

    /// <summary>Returns what judges a declaration: the report if the member looks like a lookup, marked or not, else null.</summary>
    /// <param name="compilation">The compilation.</param>
    /// <param name="catalog">The members that are marked or named.</param>
    /// <param name="register">Registers the actions of the rule for syntax of other kinds.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    private protected abstract Func<SyntaxNode, ISymbol, Diagnostic?> Begin(
        Compilation compilation, UntypedLookupCatalog catalog, Action<Action<SyntaxNodeAnalysisContext>, SyntaxKind[]> register, CancellationToken cancellationToken);

    /// <summary>Returns the type that a declaration gives, as it is written.</summary>
    private protected static TypeSyntax TypeOf(SyntaxNode declaration) =>
        declaration is MethodDeclarationSyntax method ? method.ReturnType : ((IndexerDeclarationSyntax)declaration).Type;

    /// <summary>Returns the parameters of a declaration, as they are written.</summary>
    private protected static SeparatedSyntaxList<ParameterSyntax> ParametersOf(SyntaxNode declaration) =>
        declaration is MethodDeclarationSyntax method ? method.ParameterList.Parameters : ((IndexerDeclarationSyntax)declaration).ParameterList.Parameters;
}
