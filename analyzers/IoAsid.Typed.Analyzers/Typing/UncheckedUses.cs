using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>The use of the answer of a lookup where it found nothing.</summary>
/// <param name="use">The first use that counts on data, or null.</param>
/// <param name="isRead">Whether the out value of the lookup is read.</param>
internal sealed class UncheckedUses(SyntaxNode? use, bool isRead)
{
    private static readonly ConditionalWeakTable<IOperation, Dictionary<SyntaxNode, UncheckedUses>> PerBody = new();

    public SyntaxNode? Use => use;

    public bool IsRead => isRead;

    /// <summary>Returns what becomes of the answer of a lookup; null if it goes where it is not followed. The lookups of a body are followed once, all together.</summary>
    public static UncheckedUses? Of(IInvocationOperation lookup, ISymbol containing, SdkSymbols sdk)
    {
        IOperation body = lookup;
        while (body.Parent is { } parent)
            body = parent;

        return PerBody.GetValue(body, root => Find(root, containing, sdk)).TryGetValue(lookup.Syntax, out UncheckedUses? uses) ? uses : null;
    }

    private static Dictionary<SyntaxNode, UncheckedUses> Find(IOperation body, ISymbol containing, SdkSymbols sdk)
    {
        Dictionary<SyntaxNode, UncheckedUses> found = [];
        Dictionary<SyntaxNode, IInvocationOperation> lookups = [];
        foreach (IInvocationOperation call in body.DescendantsAndSelf().OfType<IInvocationOperation>().Where(call => IsLookup(call, sdk)))
            lookups[call.Syntax] = call;

        foreach (FlowGraph graph in FlowGraph.AllAround(body, containing, withTrees: true))
        {
            FlowSite[] sites = [.. graph.Sites().Where(site => lookups.ContainsKey(site.Operation.Syntax) && IsLookup(site.Operation, sdk))];
            FlowBudget budget = FlowBudget.For(graph.Blocks.Length);
            Surroundings surroundings = new(graph, sites, budget);
            LastUses last = new(graph, sites);
            foreach (FlowSite site in sites)
            {
                if (Follow(site, lookups[site.Operation.Syntax], graph, surroundings, last.Of(site.Block), budget, sdk) is { } uses)
                    found[site.Operation.Syntax] = uses;
            }
        }

        return found;
    }

    private static bool IsLookup(IOperation operation, SdkSymbols sdk) =>
        operation is IInvocationOperation { TargetMethod: { Name: "Find" or "TryFind" or "TryResolve", ContainingType: var type } } && (sdk.IsSetOrReader(type) || sdk.Set.Is(type));

    private static UncheckedUses? Follow(
        FlowSite site, IInvocationOperation lookup, FlowGraph graph, Surroundings surroundings, int lastUse, FlowBudget budget, SdkSymbols sdk)
    {
        // What is known before the lookup takes time to find out, and matters only where there is something to report.
        UncheckedUseTracker? first = Run(Facts.None);
        UncheckedUseTracker? second = first?.Use is null ? first : Run(surroundings.At(site));
        return second is null ? null : new UncheckedUses(second.Use, second.IsRead);

        UncheckedUseTracker? Run(Facts facts)
        {
            bool isOfData = lookup.TargetMethod.Name is "Find";
            UncheckedUseTracker tracker = new(graph, (IInvocationOperation)site.Operation, usesAreAsserted: isOfData && Values.IsCheckedForNull(lookup), lastUse, sdk);
            return tracker.Start(facts) is { } start && PathFollower.After(graph, tracker, site, start, budget) ? tracker : null;
        }
    }
}
