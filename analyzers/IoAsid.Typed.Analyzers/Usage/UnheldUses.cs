using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Analyzers;

/// <summary>One use of found data whose id nothing holds.</summary>
/// <param name="place">The use.</param>
/// <param name="wording">The end of a sentence that begins with the data.</param>
/// <param name="isKept">Whether the data is stored or captured, so that a hold for a scope would end too early.</param>
internal sealed class UnheldUse(SyntaxNode place, string wording, bool isKept)
{
    public SyntaxNode Place => place;

    public string Wording => wording;

    public bool IsKept => isKept;
}

/// <summary>The uses of the data that one lookup found which outlive the moment of the lookup, and the locals that hold the data.</summary>
internal sealed class UnheldUses
{
    private static readonly ConditionalWeakTable<Body, Dictionary<SyntaxNode, UnheldUses>> PerBody = new();
    private static readonly UnheldUses None = new([], []);

    private UnheldUses(IEnumerable<UnheldUse> uses, IEnumerable<ILocalSymbol> locals)
    {
        UnheldUse[] inOrder = [.. uses.OrderBy(use => use.Place.SpanStart)];
        First = inOrder.FirstOrDefault();
        IsKept = Array.Exists(inOrder, use => use.IsKept);
        Locals = [.. locals];
    }

    /// <summary>The first use in the order of the code, or null.</summary>
    public UnheldUse? First { get; }

    /// <summary>Gets a value indicating whether the data is stored, or captured by a lambda that escapes.</summary>
    public bool IsKept { get; }

    /// <summary>The locals that hold the data at some time.</summary>
    public IReadOnlyList<ILocalSymbol> Locals { get; }

    /// <summary>Returns what becomes of the data that a lookup finds. The lookups of a body are followed once, all together.</summary>
    public static UnheldUses Of(IdCall lookup, ISymbol owner, SdkSymbols sdk)
    {
        Body body = Body.Around(lookup.Call, sdk);
        return PerBody.GetValue(body, key => Find(key, owner, sdk)).TryGetValue(lookup.Call.Syntax, out UnheldUses? uses) ? uses : None;
    }

    private static Dictionary<SyntaxNode, UnheldUses> Find(Body body, ISymbol owner, SdkSymbols sdk)
    {
        Dictionary<SyntaxNode, UnheldUses> found = [];
        foreach (FlowGraph graph in FlowGraph.AllAround(body.Root, owner))
        {
            FlowBudget budget = FlowBudget.For(graph.Blocks.Length);
            FlowSite[] lookups = [.. graph.Sites().Where(site => LookupAt(site, sdk) is not null)];
            Surroundings surroundings = new(graph, lookups, budget);
            LastUses last = new(graph, lookups);
            foreach (FlowSite site in lookups)
                found[site.Operation.Syntax] = Follow(site, LookupAt(site, sdk)!, graph, last.Of(site.Block), surroundings, body, budget, sdk);
        }

        return found;
    }

    private static IdCall? LookupAt(FlowSite site, SdkSymbols sdk) =>
        IdCall.Of(site.Operation, sdk) is { IsCheck: true, HasGetter: false, Name: not "Contains" } lookup ? lookup : null;

    private static UnheldUses Follow(
        FlowSite site, IdCall lookup, FlowGraph graph, int lastUse, Surroundings surroundings, Body body, FlowBudget budget, SdkSymbols sdk)
    {
        // What is known before the lookup takes time to find out, and matters only where there is something to report.
        FoundDataTracker? Run(Facts facts)
        {
            FoundDataTracker tracker = new(graph, lookup, body, lastUse, sdk);
            return tracker.Start(facts) is not { } start || PathFollower.After(graph, tracker, site, start, budget) ? tracker : null;
        }

        if (Run(Facts.None) is not { } first)
            return None;

        return new UnheldUses(first.Uses.Any() && Run(surroundings.At(site)) is { } second ? second.Uses : [], first.Locals);
    }
}
