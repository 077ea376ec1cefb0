using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.CodeFixes;

/// <summary>The compiler's judgement of a change.</summary>
internal enum CompilerOpinion
{
    /// <summary>No new warning and no new error.</summary>
    NothingNew,

    /// <summary>New warnings, all of them about null.</summary>
    MoreNullWarnings,

    /// <summary>New errors, or new warnings of other kinds.</summary>
    Refused,
}

/// <summary>The compiler's warnings and errors in the member around a node.</summary>
internal static class MemberDiagnostics
{
    /// <summary>The ids of the warnings about null begin with this.</summary>
    private const string NullWarning = "CS86";

    public static ImmutableArray<Diagnostic> Of(SemanticModel model, SyntaxNode node, CancellationToken cancellationToken) =>
    [
        .. model.GetDiagnostics(MemberIndex.MemberAround(node).FullSpan, cancellationToken)
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
}
