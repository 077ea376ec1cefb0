using System.Collections.Immutable;
using System.Composition;
using IoAsid.Typed.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace IoAsid.Typed.CodeFixes;

/// <summary>Fixes IOASID1001 and IOASID1002: the typed lookup through a set or reader in scope.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(UntypedLookupCodeFixProvider))]
[Shared]
public sealed class UntypedLookupCodeFixProvider : CodeFixProvider
{
    /// <summary>The key of the one action that FixAll repeats.</summary>
    internal const string CertainKey = "IoAsid.Typed.UntypedLookup";

    private static readonly OneByOneFixAllProvider FixAll = new(RepairIfCertainAsync, MigrationUsing.RemoveIfUnneededAsync);

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } =
        [DiagnosticIds.UntypedLookupWithoutSet, DiagnosticIds.UntypedLookupThroughSet];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => FixAll;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        foreach (Diagnostic diagnostic in context.Diagnostics)
        {
            ImmutableArray<Repair> repairs = await Repair
                .AllAsync(context.Document, diagnostic.Location.SourceSpan, context.CancellationToken)
                .ConfigureAwait(false);
            foreach (Repair repair in repairs)
                context.RegisterCodeFix(ActionFor(repair), diagnostic);
        }
    }

    /// <summary>Repairs a lookup if there is nothing to choose, from any action of FixAll: an owner is never chosen for the user.</summary>
    private static async Task<Document?> RepairIfCertainAsync(Document document, SyntaxNode site, Diagnostic diagnostic, CancellationToken cancellationToken)
    {
        ImmutableArray<Repair> repairs = await Repair.AllAsync(document, site.Span, cancellationToken).ConfigureAwait(false);
        return repairs.FirstOrDefault(repair => repair.IsCertain)?.Document;
    }

    private static CodeAction ActionFor(Repair repair)
    {
        string set = repair.Candidate.Receiver.ToString();
        string type = repair.Candidate.Type.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat);
        return CodeAction.Create(
            $"Look up through '{set}' ({type})",
            cancellationToken => MigrationUsing.RemoveIfUnneededAsync(repair.Document, cancellationToken),
            repair.IsCertain ? CertainKey : $"{CertainKey}:{set}");
    }
}
