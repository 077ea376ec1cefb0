using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.CodeFixes;

/// <summary>
/// Two names of one set are one candidate: a property that returns a field, a field that keeps a primary constructor's parameter.
/// </summary>
internal static class SetAlias
{
    /// <summary>Returns true if one of the other names in scope has the same set and is preferred.</summary>
    public static bool IsRepeated(ISymbol symbol, IEnumerable<ISymbol> inScope, Compilation compilation) =>
        symbol is IParameterSymbol
            ? inScope.Any(other => Is(symbol, InitializerOf(other), compilation))
            : inScope.Any(other => Is(other, ReturnedBy(symbol), compilation));

    private static bool Is(ISymbol symbol, ExpressionSyntax? expression, Compilation compilation) =>
        expression is not null
        && compilation.ContainsSyntaxTree(expression.SyntaxTree)
        && SymbolEqualityComparer.Default.Equals(compilation.GetSemanticModel(expression.SyntaxTree).GetSymbolInfo(expression).Symbol, symbol);

    private static ExpressionSyntax? InitializerOf(ISymbol member) => member is IFieldSymbol or IPropertySymbol
        ? DeclarationOf(member) switch
        {
            VariableDeclaratorSyntax field => field.Initializer?.Value,
            PropertyDeclarationSyntax property => property.Initializer?.Value,
            _ => null,
        }
        : null;

    private static ExpressionSyntax? ReturnedBy(ISymbol symbol) =>
        symbol is IPropertySymbol && DeclarationOf(symbol) is PropertyDeclarationSyntax property ? property.ExpressionBody?.Expression : null;

    private static SyntaxNode? DeclarationOf(ISymbol symbol) => symbol.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax();
}
