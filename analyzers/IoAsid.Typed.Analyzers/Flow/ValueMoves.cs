using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>
/// The names of a body between which values move, on any path and in any order. It serves rules about all uses of a value. A rule about the uses on
/// some path follows the value by a <see cref="Tracker"/>.
/// </summary>
internal sealed class ValueMoves
{
    private static readonly ConditionalWeakTable<IOperation, ValueMoves> PerBody = new();
    private static readonly ValueMoves None = new([]);

    private readonly Dictionary<IOperation, List<Slot>> _namesOfValue = [];
    private readonly Dictionary<Slot, List<ValuePlace>> _reads = [];
    private readonly Dictionary<SyntaxNode, List<ValuePlace>> _places = [];
    private readonly Dictionary<object, object> _shares = [];
    private readonly HashSet<IOperation> _returned = [];

    private ValueMoves(IEnumerable<FlowGraph> graphs)
    {
        foreach (FlowGraph graph in graphs)
        {
            foreach (FlowSite site in graph.Sites())
                Add(site.Operation, graph);

            foreach (BasicBlock block in graph.Blocks)
            {
                if (block is { IsReachable: true, BranchValue: { } value, FallThroughSuccessor.Semantics: ControlFlowBranchSemantics.Return })
                    _returned.Add(value);
            }
        }
    }

    /// <summary>Returns the moves of the body around an operation. Rules share the one instance.</summary>
    public static ValueMoves Around(IOperation operation)
    {
        while (operation.Parent is { } parent)
            operation = parent;

        return PerBody.GetValue(operation, Find);
    }

    /// <summary>Returns the places that are the value of an expression: the expression itself, and every read of a name that may have got the value.</summary>
    /// <param name="value">The expression, as the compiler gives it.</param>
    /// <param name="isOther">Returns true if the result of a conversion is another value for the rule; null if every conversion keeps the value.</param>
    public IEnumerable<ValuePlace> PlacesOf(IOperation value, Func<IConversionOperation, bool>? isOther = null)
    {
        HashSet<Slot> reached = [];
        Stack<ValuePlace> open = new(Enumerable.Reverse(At(value)));
        while (open.Count > 0)
        {
            ValuePlace inner = open.Pop();
            ValuePlace place = inner.Outermost(isOther);
            yield return place;

            // An assignment has the value that it assigns.
            if (place.User is ISimpleAssignmentOperation { IsRef: false } assignment && assignment.Value == place.Operation)
                open.Push(new ValuePlace(assignment, place.Graph));

            foreach (ValuePlace read in NamesOf(inner.Operation, place.Operation).Where(reached.Add).SelectMany(ReadsOf).Reverse())
                open.Push(read);
        }
    }

    /// <summary>Returns the place of a lambda, and the places where a local function is named without a call.</summary>
    public IEnumerable<ValuePlace> PlacesOf(IMethodSymbol function) =>
        _places.Values.SelectMany(places => places).Where(place => IsFunction(place.Operation, function)).ToArray().SelectMany(place => PlacesOf(place.Operation));

    /// <summary>Returns true if the function returns the result of an operation.</summary>
    public bool IsReturned(IOperation operation) => _returned.Contains(operation);

    /// <summary>Returns one key for all expressions between which a value may move, directly or through others. All occurrences of a name have one key, and other expressions have a key by their text.</summary>
    public object KeyOf(IOperation expression)
    {
        object key = OwnKeyOf(expression);
        while (_shares.TryGetValue(key, out object? next))
            key = next;

        return key;
    }

    private static ValueMoves Find(IOperation body) =>
        body.SemanticModel?.GetEnclosingSymbol(body.Syntax.SpanStart) is { } containing ? new(FlowGraph.AllAround(body, OwnerOf(body, containing), withTrees: true)) : None;

    /// <summary>Returns the member that a body belongs to: the compiler names the type for what stands before the body of a member.</summary>
    private static ISymbol OwnerOf(IOperation body, ISymbol enclosing) => body.SemanticModel!.GetDeclaredSymbol(body.Syntax) ?? enclosing;

    private static object OwnKeyOf(IOperation expression) => Slot.Of(Unconverted.Of(expression)) is { } slot ? slot : Unconverted.Of(expression)!.Syntax.ToString();

    private static bool IsFunction(IOperation operation, IMethodSymbol function) => operation switch
    {
        IFlowAnonymousFunctionOperation lambda => SymbolEqualityComparer.Default.Equals(lambda.Symbol, function),
        IMethodReferenceOperation { Method: { MethodKind: MethodKind.LocalFunction } local } => SymbolEqualityComparer.Default.Equals(local.OriginalDefinition, function),
        _ => false,
    };

    private void Add(IOperation operation, FlowGraph graph)
    {
        AddTo(_places, operation.Syntax, new ValuePlace(operation, graph));
        if (Slot.Of(operation) is { } name && !Ways.IsOnlyWritten(operation))
            AddTo(_reads, name, new ValuePlace(operation, graph));

        foreach (Write write in Write.Of(operation, graph))
        {
            if (write.Value is not { } value)
                continue;

            AddTo(_namesOfValue, value, write.Slot);
            Share(write.Slot, value);
        }
    }

    private void Share(Slot name, IOperation value)
    {
        while (Unconverted.Of(value) is ISimpleAssignmentOperation inner)
            value = inner.Value;

        object left = RootOf(name);
        object right = KeyOf(value);
        if (!left.Equals(right))
            _shares[left] = right;
    }

    private object RootOf(Slot name)
    {
        object key = name;
        while (_shares.TryGetValue(key, out object? next))
            key = next;

        return key;
    }

    private IEnumerable<ValuePlace> At(IOperation value) =>
        _places.TryGetValue(value.Syntax, out List<ValuePlace>? places) ? places.Where(place => place.Operation.Kind == value.Kind || place.Operation == value || IsSameFunction(place.Operation, value)) : [];

    /// <summary>Returns true if an operation of a graph is the lambda that the compiler gives. The lambda has another kind in a graph.</summary>
    private static bool IsSameFunction(IOperation inGraph, IOperation value) => inGraph is IFlowAnonymousFunctionOperation && value is IAnonymousFunctionOperation;

    private IEnumerable<ValuePlace> ReadsOf(Slot name) => _reads.TryGetValue(name, out List<ValuePlace>? reads) ? reads : [];

    /// <summary>Returns the names that get a value, as it is or converted.</summary>
    private IEnumerable<Slot> NamesOf(IOperation from, IOperation to)
    {
        for (IOperation? at = from; at is not null; at = at == to ? null : at.Parent)
        {
            foreach (Slot name in _namesOfValue.TryGetValue(at, out List<Slot>? names) ? names : [])
                yield return name;
        }
    }

    private static void AddTo<TKey, TItem>(Dictionary<TKey, List<TItem>> lists, TKey key, TItem item)
        where TKey : notnull
    {
        if (!lists.TryGetValue(key, out List<TItem>? list))
            lists[key] = list = [];

        list.Add(item);
    }
}

/// <summary>A place in a flow graph that is some value.</summary>
internal readonly struct ValuePlace(IOperation operation, FlowGraph graph)
{
    public IOperation Operation => operation;

    public FlowGraph Graph => graph;

    /// <summary>The operation that gets the value; null if no operation does.</summary>
    public IOperation? User => operation.Parent;

    /// <summary>Returns the place behind the conversions that give the same value.</summary>
    /// <param name="isOther">Returns true if the result of a conversion is another value for the rule.</param>
    public ValuePlace Outermost(Func<IConversionOperation, bool>? isOther)
    {
        IOperation outermost = operation;
        while (outermost.Parent is IDelegateCreationOperation || (outermost.Parent is IConversionOperation { OperatorMethod: null } conversion && isOther?.Invoke(conversion) != true))
            outermost = outermost.Parent;

        return new ValuePlace(outermost, graph);
    }
}
