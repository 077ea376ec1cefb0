using IoAsid.Typed.Analyzers.Operations;
using IoAsid.Typed.Analyzers.Sdk;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers.Usage;

/// <summary>One use of found data whose id nothing holds.</summary>
internal sealed class UnheldUse(SyntaxNode place, IdCall origin, string wording)
{
    public SyntaxNode Place => place;

    /// <summary>The lookup that found the data.</summary>
    public IdCall Origin => origin;

    public string Wording => wording;
}

/// <summary>Finds the uses of found data in a body that outlive the moment of the lookup.</summary>
internal static class UnheldUses
{
    /// <summary>For each lookup the first use, in the order of the code.</summary>
    public static IReadOnlyDictionary<IOperation, UnheldUse> In(Body body, OperationAnalysisContext context, SdkSymbols sdk)
    {
        FoundData data = FoundData.In(body, sdk);
        return Stored(data).Concat(Captured(body, data)).Concat(ReadAfterWait(body, data, context))
            .GroupBy(use => (IOperation)use.Origin.Call)
            .ToDictionary(uses => uses.Key, uses => uses.OrderBy(use => use.Place.SpanStart).First());
    }

    /// <summary>Whether what a lookup found is stored, or captured by a lambda that escapes: a hold for a scope would end too early.</summary>
    public static bool IsKept(IdCall lookup, SdkSymbols sdk)
    {
        Body body = Body.Around(lookup.Call, sdk);
        FoundData data = FoundData.In(body, sdk);
        return Stored(data).Concat(Captured(body, data)).Any(use => use.Origin.Call == lookup.Call);
    }

    private static IEnumerable<UnheldUse> Stored(FoundData data) =>
        from store in data.Stores
        where OutlivesBody(store.Target)
        select new UnheldUse(store.Value.Syntax, store.Origin, $"is stored in '{NameOf(store.Target)}'");

    /// <summary>What belongs to an object that was made here, or to a struct on the stack, may end with this very call.</summary>
    private static bool OutlivesBody(IOperation target) => target switch
    {
        _ when !CallStack.HasRoom() => false,
        ISymbolInitializerOperation => true,
        IMemberReferenceOperation { Instance: var instance } => instance switch
        {
            null => true,
            IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance } => instance.Type is { IsRefLikeType: false },
            IInstanceReferenceOperation or ILocalReferenceOperation or IObjectCreationOperation => false,
            IParameterReferenceOperation parameter => parameter.Type is { IsValueType: false } || parameter.Parameter.RefKind == RefKind.Ref,
            IMemberReferenceOperation member => OutlivesBody(member),
            _ => false,
        },
        _ => false,
    };

    private static string NameOf(IOperation target) => target switch
    {
        IPropertyReferenceOperation { Property.IsIndexer: true } indexer => MemberSite.Quote(indexer.Instance),
        IMemberReferenceOperation member => member.Member.Name,
        IFieldInitializerOperation field => field.InitializedFields[0].Name,
        IPropertyInitializerOperation property => property.InitializedProperties[0].Name,
        _ => "",
    };

    private static IEnumerable<UnheldUse> Captured(Body body, FoundData data) =>
        from local in data.Locals
        from reference in body.ReferencesTo(local.Key)
        where reference is ILocalReferenceOperation && !Variables.IsWriteTarget(reference)
        let escape = EscapingLambda.Around(reference, local.Key)
        where escape is not null
        group (reference, escape) by local into captures
        let first = captures.First()
        select new UnheldUse(
            first.reference.Syntax,
            captures.Key.Value,
            $"is captured as '{captures.Key.Key.Name}' by a lambda that {first.escape}");

    private static IEnumerable<UnheldUse> ReadAfterWait(Body body, FoundData data, OperationAnalysisContext context)
    {
        if (data.Locals.Count == 0 || !body.HasWait)
            return [];

        ControlFlowGraph graph = context.GetControlFlowGraph();
        return from read in StaleReads.In(graph, data, context.CancellationToken)
               select new UnheldUse(
                   read.Value.Syntax,
                   data.Locals[read.Key],
                   $"is read as '{read.Key.Name}' after a wait");
    }
}
