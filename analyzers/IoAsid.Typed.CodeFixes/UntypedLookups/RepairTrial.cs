using System.Collections.Immutable;
using IoAsid.Typed.Analyzers.Sdk;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.CodeFixes.UntypedLookups;

/// <summary>Tries repairs of one lookup out on the compiler and keeps the neatest that it accepts.</summary>
internal sealed class RepairTrial
{
    private readonly Document _document;
    private readonly SyntaxNode _root;
    private readonly SemanticModel _model;
    private readonly IOperation _use;
    private readonly LookupArguments _arguments;
    private readonly TypeSyntax _rawIdType;
    private readonly Lazy<ImmutableArray<Diagnostic>> _before;

    public RepairTrial(
        Document document,
        SemanticModel model,
        IOperation use,
        LookupArguments arguments,
        SdkSymbols sdk,
        CancellationToken cancellationToken)
    {
        _document = document;
        _root = model.SyntaxTree.GetRoot(cancellationToken);
        _model = model;
        _use = use;
        _arguments = arguments;
        _rawIdType = SyntaxFactory.ParseTypeName(sdk.RawId.Definitions[0].ToMinimalDisplayString(model, arguments.Call.SpanStart));
        _before = new(() => MemberDiagnostics.Of(model, arguments.Call, cancellationToken));
    }

    /// <summary>The document repaired to look in this set, or null if the compiler has an error to report then.</summary>
    public async Task<Document?> RepairAsync(CandidateSet candidate, CancellationToken cancellationToken)
    {
        Document? acceptable = null;
        TypedLookupSyntax typed = new(candidate, _arguments, _rawIdType);
        foreach (Replacement way in Replacement.Ways(_use, _arguments, candidate, typed, _model))
        {
            Document repaired = _document.WithSyntaxRoot(DroppedComments.Replace(_root, way));
            switch (await JudgeAsync(repaired, typed.Receiver, cancellationToken).ConfigureAwait(false))
            {
                case CompilerOpinion.NothingNew:
                    return repaired;
                case CompilerOpinion.MoreNullWarnings:
                    acceptable ??= repaired;
                    break;
            }
        }

        return acceptable;
    }

    /// <summary>
    /// What is new. A warning that the data may be null tells the truth, which the old lookup may have hidden; one about the set itself
    /// means that it is no candidate.
    /// </summary>
    private async Task<CompilerOpinion> JudgeAsync(Document repaired, SyntaxAnnotation receiver, CancellationToken cancellationToken)
    {
        SemanticModel model = (await repaired.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false))!;
        SyntaxNode root = await model.SyntaxTree.GetRootAsync(cancellationToken).ConfigureAwait(false);
        SyntaxNode set = root.GetAnnotatedNodes(receiver).First();
        return model.GetTypeInfo(set, cancellationToken).Nullability.FlowState == NullableFlowState.MaybeNull
            ? CompilerOpinion.Refused
            : MemberDiagnostics.Compare(now: MemberDiagnostics.Of(model, set, cancellationToken), before: _before.Value);
    }
}
