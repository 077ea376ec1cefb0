using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Analyzers;

/// <summary>The data that lookups, holds and references give to the functions of one body.</summary>
internal sealed class LookedUpData
{
    private static readonly ConditionalWeakTable<IOperation, LookedUpData> PerBody = new();

    private readonly SdkSymbols _sdk;
    private readonly DataSource[] _sources;
    private readonly Lazy<HashSet<SyntaxNode>> _places;
    private readonly Lazy<Dictionary<SyntaxNode, ITypeSymbol>> _casts;

    private LookedUpData(IOperation body, ISymbol containing, SdkSymbols sdk)
    {
        _sdk = sdk;
        _sources = [.. FlowGraph.AllAround(body, containing, withTrees: true).SelectMany(graph => DataSource.AllIn(graph, sdk))];
        _places = new(FindPlaces);
        _casts = new(FindCasts);
    }

    /// <summary>Returns the data of the body around an operation. Rules share the one instance.</summary>
    public static LookedUpData Around(IOperation operation, ISymbol containing, SdkSymbols sdk)
    {
        while (operation.Parent is { } parent)
            operation = parent;

        return PerBody.GetValue(operation, body => new LookedUpData(body, containing, sdk));
    }

    /// <summary>Returns true if a value is the data of a lookup on some path.</summary>
    public bool Is(IOperation value) => _places.Value.Contains(Unconverted.Of(value)!.Syntax);

    /// <summary>Returns the type of the data that a cast converts without a test on some path; null if each path has a test.</summary>
    public ITypeSymbol? TypeBefore(SyntaxNode cast) => _casts.Value.TryGetValue(cast, out ITypeSymbol? data) ? data : null;

    private HashSet<SyntaxNode> FindPlaces()
    {
        HashSet<SyntaxNode> places = [];
        foreach (DataSource source in _sources)
            source.Follow(new DataTracker(source.Graph, source, subtype: null, _sdk), places.UnionWith, _ => { });

        return places;
    }

    private Dictionary<SyntaxNode, ITypeSymbol> FindCasts()
    {
        Dictionary<SyntaxNode, ITypeSymbol> casts = [];
        foreach (IGrouping<FlowGraph, DataSource> sources in _sources.GroupBy(source => source.Graph))
        {
            ITypeSymbol[] asked = [.. TypesAskedIn(sources.Key).Distinct<ITypeSymbol>(SymbolEqualityComparer.Default)];
            foreach (DataSource source in sources)
            {
                foreach (ITypeSymbol subtype in asked)
                {
                    source.Follow(new DataTracker(source.Graph, source, subtype, _sdk), _ => { }, found =>
                    {
                        foreach (SyntaxNode cast in found)
                            casts[cast] = source.Type;
                    });
                }
            }
        }

        return casts;
    }

    /// <summary>Returns the types of the casts in a function and in the functions inside it.</summary>
    private static IEnumerable<ITypeSymbol> TypesAskedIn(FlowGraph graph)
    {
        foreach (FlowSite site in graph.Sites())
        {
            if (DataTracker.IsHardCast(site.Operation))
                yield return site.Operation.Type!;

            if (graph.FunctionAt(site.Operation) is { } function && CallStack.HasRoom())
            {
                foreach (ITypeSymbol type in TypesAskedIn(function))
                    yield return type;
            }
        }
    }
}
