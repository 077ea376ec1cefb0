using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.CodeFixes;

/// <summary>Parses a changed file as other preprocessor configurations see it: a brace that a fix adds must not be in one branch of an <c>#if</c> only.</summary>
internal static class PreprocessorBranches
{
    /// <summary>Returns true if no configuration has a syntax error more than before. Each symbol is toggled once alone, and all together.</summary>
    public static bool StillParse(SyntaxNode before, SyntaxNode after, CancellationToken cancellationToken)
    {
        string[] symbols = [.. SymbolsIn(before)];
        CSharpParseOptions options = (CSharpParseOptions)before.SyntaxTree.Options;
        return (symbols.Length == 0 ? [] : symbols.Select(symbol => new[] { symbol }).Append(symbols))
            .Select(toggled => options.WithPreprocessorSymbols(Toggle(options.PreprocessorSymbolNames, toggled)))
            .All(configuration => ErrorsIn(after, configuration, cancellationToken) <= ErrorsIn(before, configuration, cancellationToken));
    }

    private static IEnumerable<string> SymbolsIn(SyntaxNode root) =>
        root.DescendantTrivia()
            .Select(trivia => trivia.GetStructure())
            .OfType<ConditionalDirectiveTriviaSyntax>()
            .SelectMany(directive => directive.Condition.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>())
            .Select(name => name.Identifier.ValueText)
            .Distinct(StringComparer.Ordinal);

    private static IEnumerable<string> Toggle(IEnumerable<string> defined, string[] toggled) => defined.Except(toggled, StringComparer.Ordinal).Concat(toggled.Except(defined, StringComparer.Ordinal));

    private static int ErrorsIn(SyntaxNode root, CSharpParseOptions configuration, CancellationToken cancellationToken) =>
        CSharpSyntaxTree.ParseText(root.ToFullString(), configuration, cancellationToken: cancellationToken)
            .GetDiagnostics(cancellationToken)
            .Count(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
}
