using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>An expression or parameter by which data comes into a function.</summary>
internal sealed class DataSource
{
    private readonly IOperation? _read;
    private readonly IParameterSymbol? _given;

    private DataSource(FlowGraph graph, ITypeSymbol type, IOperation? read, IParameterSymbol? given = null)
    {
        Graph = graph;
        Type = type;
        _read = read;
        _given = given;
    }

    public FlowGraph Graph { get; }

    /// <summary>The type of the data, as the set fixes it.</summary>
    public ITypeSymbol Type { get; }

    /// <summary>Returns the sources of a function, those that always give the same value once.</summary>
    public static IEnumerable<DataSource> AllIn(FlowGraph graph, SdkSymbols sdk)
    {
        List<DataSource> found = [];
        foreach (FlowSite site in graph.Sites())
        {
            DataSource? source = site.Operation switch
            {
                IPropertyReferenceOperation { Property.Name: "Data", Instance.Type: { } holder } data when sdk.Lookup.Is(holder) || sdk.Hold.Is(holder) || sdk.TypedReference.Is(holder) =>
                    new DataSource(graph, data.Property.Type, data),
                IInvocationOperation { TargetMethod: { Name: "TryFind", ContainingType: { } set } } call when sdk.DataTypeOf(set) is { } type => new DataSource(graph, type, call),
                IFlowAnonymousFunctionOperation getter when graph.FunctionAt(getter) is { } function && SetAskedWith(getter) is { } set && sdk.DataTypeOf(set) is { } type =>
                    new DataSource(function, type, read: null, function.Function!.Parameters.FirstOrDefault()),
                _ => null,
            };
            if (source is not null && !found.Exists(known => known.Graph == source.Graph && known.Gives(source._read)))
                found.Add(source);
        }

        return found;
    }

    /// <summary>Returns true if an expression gives the data.</summary>
    public bool Gives(IOperation? expression) =>
        expression is IPropertyReferenceOperation { Property.Name: "Data" } data
        && _read is IPropertyReferenceOperation
        && (data.Syntax == _read.Syntax || SameValue.Have(data, _read));

    /// <summary>Returns true if a call gives the data out.</summary>
    public bool GivesOut(IOperation expression) => _read is IInvocationOperation && expression == _read;

    /// <summary>Returns true if an operation makes the source give other data from then on.</summary>
    public bool IsChangedBy(IOperation operation) =>
        _read is IPropertyReferenceOperation { Instance: { } holder }
        && Ways.TargetsOf(operation, Graph).Any(target => SameValue.KeyOf(target) is { } written && SameValue.ReadBy(holder).Contains(written, SymbolEqualityComparer.Default));

    /// <summary>Follows the data from where the function begins, and from each place where the source begins to give other data.</summary>
    public void Follow(DataTracker tracker, Action<IEnumerable<SyntaxNode>> places, Action<IEnumerable<SyntaxNode>> casts)
    {
        FlowBudget budget = FlowBudget.For(Graph.Blocks.Length);
        ulong name = _given is null ? 0 : tracker.NameOf(_given);
        bool isWhole = PathFollower.FromEntry(Graph, tracker, new FlowPath(new Standing(0, name), Facts.None), budget);
        foreach (FlowSite change in Graph.Sites().Where(site => IsChangedBy(site.Operation)))
            isWhole &= PathFollower.After(Graph, tracker, change, new FlowPath(default, Facts.None), budget);

        if (!isWhole)
            return;

        places(tracker.Places);
        casts(tracker.Casts);
    }

    /// <summary>Returns the type of the set or reader that a lambda is given to as a getter.</summary>
    private static INamedTypeSymbol? SetAskedWith(IFlowAnonymousFunctionOperation getter) =>
        getter.Parent is IDelegateCreationOperation { Parent: IArgumentOperation { Parent: IInvocationOperation { TargetMethod: { Name: "Find", ContainingType: var set } } } } ? set : null;
}
