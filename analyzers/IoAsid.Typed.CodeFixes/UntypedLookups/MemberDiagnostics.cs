using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace IoAsid.Typed.CodeFixes.UntypedLookups;

/// <summary>What the compiler thinks of a repair.</summary>
internal enum CompilerOpinion
{
    /// <summary>No warning and no error that was not there before.</summary>
    NothingNew,

    /// <summary>New warnings, all of them about null.</summary>
    MoreNullWarnings,

    /// <summary>New errors, or warnings that mean the code has lost its sense.</summary>
    Refused,
}

/// <summary>The compiler's warnings and errors in the member around a node.</summary>
internal static class MemberDiagnostics
{
    /// <summary>The ids of the warnings about null begin with this.</summary>
    private const string NullWarning = "CS86";

    public static ImmutableArray<Diagnostic> Of(SemanticModel model, SyntaxNode node, CancellationToken cancellationToken) =>
    [
        .. model.GetDiagnostics(MemberAround(node), cancellationToken)
            .Where(diagnostic => diagnostic is { Severity: >= DiagnosticSeverity.Warning, IsSuppressed: false }),
    ];

    /// <summary>Judges by the kinds of which there are more now than before.</summary>
    public static CompilerOpinion Compare(ImmutableArray<Diagnostic> now, ImmutableArray<Diagnostic> before) =>
        now.GroupBy(diagnostic => diagnostic.Id, StringComparer.Ordinal)
            .Where(kind => kind.Count() > before.Count(diagnostic => string.Equals(diagnostic.Id, kind.Key, StringComparison.Ordinal)))
            .Select(kind => kind.All(IsNullWarning) ? CompilerOpinion.MoreNullWarnings : CompilerOpinion.Refused)
            .DefaultIfEmpty(CompilerOpinion.NothingNew)
            .Max();

    private static bool IsNullWarning(Diagnostic diagnostic) =>
        diagnostic.Severity == DiagnosticSeverity.Warning && diagnostic.Id.StartsWith(NullWarning, StringComparison.Ordinal);

    /// <summary>Top-level statements see each other's variables, so they count as one member.</summary>
    private static TextSpan MemberAround(SyntaxNode node) =>
        node.AncestorsAndSelf()
            .First(outer => outer is MemberDeclarationSyntax and not GlobalStatementSyntax or CompilationUnitSyntax)
            .FullSpan;
}
