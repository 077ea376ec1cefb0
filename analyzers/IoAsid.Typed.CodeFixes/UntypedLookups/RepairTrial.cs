using IoAsid.Typed.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.CodeFixes;

/// <summary>Tries the repairs of one lookup and keeps the first that passes the check of fixes.</summary>
internal sealed class RepairTrial
{
    private readonly FixCheck _check;
    private readonly SyntaxNode _root;
    private readonly SemanticModel _model;
    private readonly IOperation _use;
    private readonly LookupArguments _arguments;
    private readonly TypeSyntax _rawIdType;

    public RepairTrial(
        Document document,
        SemanticModel model,
        IOperation use,
        LookupArguments arguments,
        SdkSymbols sdk,
        CancellationToken cancellationToken)
    {
        _check = new FixCheck(document, model, arguments.Call);
        _root = model.SyntaxTree.GetRoot(cancellationToken);
        _model = model;
        _use = use;
        _arguments = arguments;
        _rawIdType = SyntaxFactory.ParseTypeName(sdk.RawId.Definitions[0].ToMinimalDisplayString(model, arguments.Call.SpanStart));
    }

    /// <summary>Returns the document repaired to look in this set, or null if the compiler then reports an error.</summary>
    public async Task<Document?> RepairAsync(CandidateSet candidate, CancellationToken cancellationToken)
    {
        Document? acceptable = null;
        TypedLookupSyntax typed = new(candidate, _arguments, _rawIdType);
        foreach (Replacement way in Replacement.Ways(_use, _arguments, candidate, typed, _model))
        {
            Change change = new(_root.ReplaceNode(way.Old, way.New.WithTriviaFrom(way.Old)), _arguments.Call);
            if (await _check.RunAsync(change, cancellationToken).ConfigureAwait(false) is not { } repaired
                || await IsSetMissingAsync(repaired.Model, typed.Receiver, cancellationToken).ConfigureAwait(false))
                continue;

            switch (repaired.Opinion)
            {
                case CompilerOpinion.NothingNew:
                    return repaired.Document;
                case CompilerOpinion.MoreNullWarnings:
                    acceptable ??= repaired.Document;
                    break;
            }
        }

        return acceptable;
    }

    /// <summary>
    /// Returns true if the set may be null, so that it is no candidate. A new warning that the data may be null is acceptable: the old lookup hid that fact.
    /// </summary>
    private static async Task<bool> IsSetMissingAsync(SemanticModel model, SyntaxAnnotation receiver, CancellationToken cancellationToken)
    {
        SyntaxNode root = await model.SyntaxTree.GetRootAsync(cancellationToken).ConfigureAwait(false);
        return model.GetTypeInfo(root.GetAnnotatedNodes(receiver).First(), cancellationToken).Nullability.FlowState == NullableFlowState.MaybeNull;
    }
}
