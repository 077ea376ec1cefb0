using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>The flow graph of one function: a member, a lambda or a local function.</summary>
internal sealed class FlowGraph
{
    private static readonly ConditionalWeakTable<IOperation, ControlFlowGraph> s_graphs = new();
    private static int s_made;

    private readonly ControlFlowGraph _graph;
    private readonly ISymbol _owner;
    private readonly SharedNames _shared;
    private readonly FlowGraph? _outer;
    private readonly Lazy<ImmutableArray<FlowGraph>> _inner;
    private readonly Dictionary<BasicBlock, ImmutableArray<IOperation>> _operations = [];
    private readonly Dictionary<Slot, string> _words = [];
    private readonly Lazy<Dictionary<CaptureId, IOperation>> _captured;
    private readonly Lazy<Definitions> _definitions;
    private readonly Lazy<int[]> _earliest;

    private FlowGraph(ControlFlowGraph graph, ISymbol owner, SharedNames shared, FlowGraph? outer = null, bool isTree = false)
    {
        _graph = graph;
        _owner = owner;
        _shared = shared;
        _outer = outer;
        IsTree = isTree;
        _inner = new(() => [.. FindInner()]);
        _captured = new(Captures);
        _definitions = new(() => new Definitions(this));
        _earliest = new(EarliestAhead);
    }

    /// <summary>The number of control flow graphs that the rules made of bodies in this process. Tests of the cost count them.</summary>
    public static int Made => Volatile.Read(ref s_made);

    /// <summary>The method, accessor, lambda or local function; null for the initial value of a field or property.</summary>
    public IMethodSymbol? Function => _owner as IMethodSymbol;

    /// <summary>The parameters that the function has to account for.</summary>
    public IEnumerable<IParameterSymbol> Parameters => Function is { } function ? Ways.ParametersOf(function) : [];

    /// <summary>Gets a value indicating whether this is a lambda or local function, which may run at any time or never.</summary>
    public bool IsInner => _graph.Parent is not null;

    /// <summary>Gets a value indicating whether this is a lambda that becomes a tree of expressions, which is data.</summary>
    public bool IsTree { get; }

    public ImmutableArray<BasicBlock> Blocks => _graph.Blocks;

    /// <summary>The places where each slot gets its value.</summary>
    public Definitions Definitions => _definitions.Value;

    /// <summary>Returns the graphs of the whole body around an operation; none if the code is broken badly enough.</summary>
    /// <param name="operation">An operation of the body, as the compiler gives it.</param>
    /// <param name="containing">The member, lambda or local function around the operation.</param>
    /// <param name="withTrees">Whether lambdas that become trees of expressions are wanted.</param>
    public static ImmutableArray<FlowGraph> AllAround(IOperation operation, ISymbol containing, bool withTrees = false)
    {
        ISymbol owner = containing;
        while (owner is IMethodSymbol { MethodKind: MethodKind.AnonymousFunction or MethodKind.LocalFunction })
            owner = owner.ContainingSymbol;

        return GraphOf(RootOf(operation)) is { } body ? AllIn(body, owner, withTrees) : [];
    }

    /// <summary>Returns the operation of the whole body around an operation.</summary>
    public static IOperation RootOf(IOperation operation)
    {
        IOperation root = operation;
        while (root.Parent is { } parent)
            root = parent;

        return root;
    }

    /// <summary>Returns the graphs of a body and of every lambda and local function in it, without the compiler's own trees of expressions if they are not wanted.</summary>
    public static ImmutableArray<FlowGraph> AllIn(ControlFlowGraph body, ISymbol owner, bool withTrees = false)
    {
        SharedNames shared = new(body.OriginalOperation);
        ImmutableArray<FlowGraph>.Builder all = ImmutableArray.CreateBuilder<FlowGraph>();
        Stack<FlowGraph> open = new([new FlowGraph(body, owner, shared)]);
        while (open.Count > 0)
        {
            FlowGraph graph = open.Pop();
            all.Add(graph);
            foreach (FlowGraph inner in graph._inner.Value)
            {
                if (withTrees || !inner.IsTree)
                    open.Push(inner);
            }
        }

        return all.ToImmutable();
    }

    /// <summary>Returns the operations of a block in the order in which they are evaluated, the tested or returned value last.</summary>
    public ImmutableArray<IOperation> Operations(BasicBlock block)
    {
        if (!_operations.TryGetValue(block, out ImmutableArray<IOperation> operations))
        {
            IEnumerable<IOperation> roots = block.BranchValue is { } value ? block.Operations.Append(value) : block.Operations;
            _operations[block] = operations = [.. roots.SelectMany(Evaluated)];
        }

        return operations;
    }

    /// <summary>Returns every operation that can be reached, and its place.</summary>
    public IEnumerable<FlowSite> Sites()
    {
        foreach (BasicBlock block in Blocks)
        {
            if (!block.IsReachable)
                continue;

            ImmutableArray<IOperation> operations = Operations(block);
            for (int position = 0; position < operations.Length; position++)
                yield return new FlowSite(block, position, operations[position]);
        }
    }

    /// <summary>
    /// Returns true if no other function reads or writes a slot: it is a temporary, or a local or parameter of this very function that is
    /// no reference to something else and occurs in no lambda or local function within.
    /// </summary>
    public bool Owns(Slot slot) => slot.Symbol switch
    {
        null => true,
        ILocalSymbol { RefKind: RefKind.None } local => IsOwn(local) && !_shared.Contains(local),
        IParameterSymbol { RefKind: RefKind.None or RefKind.In } parameter => IsOwn(parameter) && !_shared.Contains(parameter),
        _ => false,
    };

    /// <summary>
    /// Returns true if a name has one value at each read: no code writes it after that value, also no lambda or local function.
    /// </summary>
    public bool IsSteady(Slot slot) => slot.Symbol switch
    {
        null => false,
        _ when !CallStack.HasRoom() => false,
        { } symbol when !IsOwn(symbol) => _outer?.IsSteady(slot) == true,
        ILocalSymbol { RefKind: RefKind.None } local => !_shared.AreWritten(local) && Definitions.WriterOf(slot) is not null,
        IParameterSymbol { RefKind: RefKind.None or RefKind.In } parameter => !_shared.AreWritten(parameter) && !Definitions.AreOf(slot),
        _ => false,
    };

    /// <summary>Returns the facts about names when a lambda or local function runs, from the facts where the outer function makes or calls it.</summary>
    public Facts FactsFrom(Facts around)
    {
        Facts facts = Facts.None;
        foreach (FlowSite site in Sites())
        {
            if (_outer is not null && Slot.Of(site.Operation) is { } slot && _outer.IsSteady(slot) && around[_outer.WordOf(slot)] is { } known)
                facts = facts.With(WordOf(slot), known);
        }

        return facts;
    }

    /// <summary>Returns the graph of the lambda that an operation makes, or of the local function that it calls or names; null if it does not belong to this function.</summary>
    public FlowGraph? FunctionAt(IOperation operation)
    {
        IMethodSymbol? function = operation switch
        {
            IFlowAnonymousFunctionOperation lambda => lambda.Symbol,
            IInvocationOperation { TargetMethod: { MethodKind: MethodKind.LocalFunction } local } => local.OriginalDefinition,
            IMethodReferenceOperation { Method: { MethodKind: MethodKind.LocalFunction } local } => local.OriginalDefinition,
            _ => null,
        };
        return function is null ? null : _inner.Value.FirstOrDefault(inner => SymbolEqualityComparer.Default.Equals(inner.Function, function));
    }

    /// <summary>Returns true if control may still come from one block to another or to one before that. If not, nothing there matters.</summary>
    public bool MayComeBack(BasicBlock from, int to) => _earliest.Value[from.Ordinal] <= to;

    /// <summary>Returns a slot as a word of an expression; no word is a part of another.</summary>
    public string WordOf(Slot slot)
    {
        if (!_words.TryGetValue(slot, out string? word))
            _words[slot] = word = $"#{_words.Count};";

        return word;
    }

    /// <summary>Returns the regions around a block, innermost first, without the root. A graph of a lambda or local function hangs in the graph of the function around it, whose regions are not its own.</summary>
    public IEnumerable<ControlFlowRegion> RegionsAround(BasicBlock block) => RegionsFrom(block.EnclosingRegion);

    /// <summary>Returns a region and those around it, without the root.</summary>
    public IEnumerable<ControlFlowRegion> RegionsFrom(ControlFlowRegion region)
    {
        for (ControlFlowRegion? at = region; at is not null && at != _graph.Root; at = at.EnclosingRegion)
            yield return at;
    }

    /// <summary>Returns the place that an assignment writes when it goes through a temporary.</summary>
    public IOperation Target(IOperation target) =>
        target is IFlowCaptureReferenceOperation reference && _captured.Value.TryGetValue(reference.Id, out IOperation? place) ? place : target;

    private bool IsOwn(ISymbol symbol) =>
        SymbolEqualityComparer.Default.Equals(symbol.ContainingSymbol, _owner)
        || (!IsInner && (symbol is ILocalSymbol || (Function is { } function && SymbolEqualityComparer.Default.Equals(symbol, Ways.ReceiverOf(function)))));

    /// <summary>Returns for each block the earliest block to which a branch goes from there on.</summary>
    private int[] EarliestAhead()
    {
        int[] earliest = [.. Blocks.Select(block => block.Ordinal)];
        foreach (ControlFlowBranch branch in Blocks.SelectMany(block => block.Predecessors))
        {
            // The code behind a finally follows the whole finally.
            int from = branch.FinallyRegions.Select(final => final.LastBlockOrdinal).Append(branch.Source.Ordinal).Max();
            earliest[from] = Math.Min(earliest[from], branch.Destination!.Ordinal);
        }

        for (int block = earliest.Length - 2; block >= 0; block--)
            earliest[block] = Math.Min(earliest[block], earliest[block + 1]);

        return earliest;
    }

    /// <summary>Returns the graph of a body, which all rules share; null if the code is broken badly enough.</summary>
    private static ControlFlowGraph? GraphOf(IOperation root)
    {
        if (!s_graphs.TryGetValue(root, out ControlFlowGraph? graph) && Create(root) is { } created)
        {
            Interlocked.Increment(ref s_made);
            graph = s_graphs.GetValue(root, _ => created);
        }

        return graph;
    }

    private static ControlFlowGraph? Create(IOperation root) => root switch
    {
        IMethodBodyOperation method => ControlFlowGraph.Create(method),
        IConstructorBodyOperation constructor => ControlFlowGraph.Create(constructor),
        IBlockOperation block => ControlFlowGraph.Create(block),
        IFieldInitializerOperation field => ControlFlowGraph.Create(field),
        IPropertyInitializerOperation property => ControlFlowGraph.Create(property),
        IParameterInitializerOperation parameter => ControlFlowGraph.Create(parameter),
        _ => null,
    };

    private IEnumerable<FlowGraph> FindInner()
    {
        foreach (IMethodSymbol local in _graph.LocalFunctions)
            yield return new FlowGraph(_graph.GetLocalFunctionControlFlowGraph(local), local, _shared, this, IsTree);

        foreach (BasicBlock block in Blocks)
        {
            foreach (IFlowAnonymousFunctionOperation lambda in Operations(block).OfType<IFlowAnonymousFunctionOperation>())
                yield return new FlowGraph(_graph.GetAnonymousFunctionControlFlowGraph(lambda), lambda.Symbol, _shared, this, IsTree || !IsCode(lambda));
        }
    }

    /// <summary>Returns true if a lambda is code. A lambda that becomes a tree of expressions is data.</summary>
    private static bool IsCode(IFlowAnonymousFunctionOperation lambda) =>
        lambda.Parent?.Type is not INamedTypeSymbol { Name: "Expression", ContainingNamespace.Name: "Expressions" };

    /// <summary>Returns an operation and its operands, operands first.</summary>
    private static IEnumerable<IOperation> Evaluated(IOperation root)
    {
        List<IOperation> backwards = [];
        Stack<IOperation> open = new([root]);
        while (open.Count > 0)
        {
            IOperation operation = open.Pop();
            backwards.Add(operation);
            foreach (IOperation operand in operation.ChildOperations)
                open.Push(operand);
        }

        backwards.Reverse();
        return backwards;
    }

    private Dictionary<CaptureId, IOperation> Captures()
    {
        Dictionary<CaptureId, IOperation> captured = [];
        foreach (IFlowCaptureOperation capture in Sites().Select(site => site.Operation).OfType<IFlowCaptureOperation>())
            captured[capture.Id] = capture.Value;

        return captured;
    }
}
