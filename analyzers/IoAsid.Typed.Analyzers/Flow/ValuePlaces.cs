using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>The places of a body that are one value, on some path.</summary>
internal static class ValuePlaces
{
    /// <summary>Returns the operations of the flow graphs that are the value of an expression.</summary>
    /// <param name="value">The expression, as the compiler gives it.</param>
    /// <param name="containing">The member, lambda or local function around it.</param>
    public static IReadOnlyCollection<IOperation> Of(IOperation value, ISymbol containing) => Find(value, containing, value, name: null);

    /// <summary>Returns the operations of the flow graphs that are the value which a pattern gives a name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="pattern">The pattern, as the compiler gives it.</param>
    /// <param name="containing">The member, lambda or local function around it.</param>
    public static IReadOnlyCollection<IOperation> Of(ILocalSymbol name, IOperation pattern, ISymbol containing) => Find(pattern, containing, value: null, name);

    private static List<IOperation> Find(IOperation within, ISymbol containing, IOperation? value, ILocalSymbol? name)
    {
        List<IOperation> places = [];
        foreach (FlowGraph graph in FlowGraph.AllAround(within, containing, withTrees: true))
        {
            if (graph.Sites().Any(site => IsOrigin(site.Operation, value) || IsNamedBy(site.Operation, name, graph)))
                PathFollower.FromEntry(graph, new ValueTracker(graph, value, name, places), new FlowPath(default, Facts.None), FlowBudget.For(graph.Blocks.Length));
        }

        return places;
    }

    private static bool IsOrigin(IOperation operation, IOperation? value) => value is not null && operation.Kind == value.Kind && operation.Syntax == value.Syntax;

    private static bool IsNamedBy(IOperation operation, ILocalSymbol? name, FlowGraph graph) =>
        name is not null && operation is IIsPatternOperation test && Write.Of(test, graph).Any(write => SymbolEqualityComparer.Default.Equals(write.Slot.Symbol, name));

    private sealed class ValueTracker(FlowGraph graph, IOperation? value, ILocalSymbol? name, List<IOperation> places) : Tracker(graph)
    {
        private readonly HashSet<IMethodSymbol> _entered = new(SymbolEqualityComparer.Default);
        private readonly HashSet<IOperation> _seen = [];

        public override bool FollowsExceptions => true;

        public override FlowPath? Step(FlowPath path, IOperation operation)
        {
            if (Carries(path, operation) && _seen.Add(operation))
                places.Add(operation);

            if (Graph.FunctionAt(operation) is { } function && CallStack.HasRoom() && _entered.Add(function.Function!))
            {
                ValueTracker inner = new(function, value, name, places);
                PathFollower.FromEntry(function, inner, new FlowPath(new Standing(0, NamesIn(inner, path)), Facts.None), FlowBudget.For(function.Blocks.Length));
            }

            return path;
        }

        public override bool Carries(FlowPath path, IOperation? expression) => (expression is not null && IsOrigin(expression, value)) || base.Carries(path, expression);

        public override Known? ValueOf(FlowPath path, IOperation expression) => expression.Type is { IsReferenceType: true } && Carries(path, expression) ? Known.NotNull : null;

        public override ulong? NamesAfter(FlowPath path, ulong names, Write write)
        {
            ulong bit = Graph.Owns(write.Slot) || Graph.IsSteady(write.Slot) ? Names.BitFor(write.Slot) : 0;
            return Carries(path, write.Value) || SymbolEqualityComparer.Default.Equals(write.Slot.Symbol, name) ? names | bit : names & ~bit;
        }

        public override bool Lose(FlowPath path) => true;
    }
}
