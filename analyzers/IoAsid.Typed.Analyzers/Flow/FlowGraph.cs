using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace IoAsid.Typed.Analyzers.Flow;

/// <summary>The flow graph of one function: a member, a lambda or a local function.</summary>
internal sealed class FlowGraph
{
    private readonly ControlFlowGraph _graph;
    private readonly ISymbol _owner;
    private readonly SharedNames _shared;
    private readonly Dictionary<BasicBlock, ImmutableArray<IOperation>> _operations = [];
    private readonly Dictionary<Slot, string> _words = [];
    private readonly Lazy<Dictionary<CaptureId, IOperation>> _captured;
    private readonly Lazy<Definitions> _definitions;
    private readonly Lazy<int[]> _earliest;

    private FlowGraph(ControlFlowGraph graph, ISymbol owner, SharedNames shared)
    {
        _graph = graph;
        _owner = owner;
        _shared = shared;
        _captured = new(Captures);
        _definitions = new(() => new Definitions(this));
        _earliest = new(EarliestAhead);
    }

    /// <summary>The method, accessor, lambda or local function; null for the initial value of a field or property.</summary>
    public IMethodSymbol? Function => _owner as IMethodSymbol;

    /// <summary>The parameters that the function has to account for.</summary>
    public IEnumerable<IParameterSymbol> Parameters => Function is { } function ? Ways.ParametersOf(function) : [];

    /// <summary>Whether this is a lambda or local function, which may run at any time or never.</summary>
    public bool IsInner => _graph.Parent is not null;

    public ImmutableArray<BasicBlock> Blocks => _graph.Blocks;

    /// <summary>Where each slot gets its value.</summary>
    public Definitions Definitions => _definitions.Value;

    /// <summary>The graphs of a body and of every lambda and local function in it, the compiler's own trees of expressions left out.</summary>
    public static ImmutableArray<FlowGraph> AllIn(ControlFlowGraph body, ISymbol owner)
    {
        SharedNames shared = new(body.OriginalOperation);
        ImmutableArray<FlowGraph>.Builder all = ImmutableArray.CreateBuilder<FlowGraph>();
        Stack<FlowGraph> open = new([new FlowGraph(body, owner, shared)]);
        while (open.Count > 0)
        {
            FlowGraph graph = open.Pop();
            all.Add(graph);
            foreach (FlowGraph inner in graph.Inner())
                open.Push(inner);
        }

        return all.ToImmutable();
    }

    /// <summary>The operations of a block in the order in which they are evaluated, the tested or returned value last.</summary>
    public ImmutableArray<IOperation> Operations(BasicBlock block)
    {
        if (!_operations.TryGetValue(block, out ImmutableArray<IOperation> operations))
        {
            IEnumerable<IOperation> roots = block.BranchValue is { } value ? block.Operations.Append(value) : block.Operations;
            _operations[block] = operations = [.. roots.SelectMany(Evaluated)];
        }

        return operations;
    }

    /// <summary>Every operation that can be reached, and where it is.</summary>
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
    /// Whether nobody but this function reads or writes a slot: it is a temporary, or a local or parameter of this very function that is
    /// no reference to something else and occurs in no lambda or local function within.
    /// </summary>
    public bool Owns(Slot slot) => slot.Symbol switch
    {
        null => true,
        ILocalSymbol { RefKind: RefKind.None } local => IsOwn(local) && !_shared.Contains(local),
        IParameterSymbol { RefKind: RefKind.None or RefKind.In } parameter => IsOwn(parameter) && !_shared.Contains(parameter),
        _ => false,
    };

    /// <summary>Whether control may still come from one block to another or to one before that; if not, nothing there matters any more.</summary>
    public bool MayComeBack(BasicBlock from, int to) => _earliest.Value[from.Ordinal] <= to;

    /// <summary>A slot as a word of an expression; no word is a part of another.</summary>
    public string WordOf(Slot slot)
    {
        if (!_words.TryGetValue(slot, out string? word))
            _words[slot] = word = $"#{_words.Count};";

        return word;
    }

    /// <summary>The regions around a block, innermost first, without the root. A graph of a lambda or local function hangs in the graph of the function around it, whose regions are not its own.</summary>
    public IEnumerable<ControlFlowRegion> RegionsAround(BasicBlock block) => RegionsFrom(block.EnclosingRegion);

    /// <summary>A region and those around it, without the root.</summary>
    public IEnumerable<ControlFlowRegion> RegionsFrom(ControlFlowRegion region)
    {
        for (ControlFlowRegion? at = region; at is not null && at != _graph.Root; at = at.EnclosingRegion)
            yield return at;
    }

    /// <summary>What is written to when an assignment goes through a temporary that stands for a place.</summary>
    public IOperation Target(IOperation target) =>
        target is IFlowCaptureReferenceOperation reference && _captured.Value.TryGetValue(reference.Id, out IOperation? place) ? place : target;

    private bool IsOwn(ISymbol symbol) =>
        SymbolEqualityComparer.Default.Equals(symbol.ContainingSymbol, _owner)
        || (!IsInner && (symbol is ILocalSymbol || (Function is { } function && SymbolEqualityComparer.Default.Equals(symbol, Ways.ReceiverOf(function)))));

    /// <summary>For each block the earliest that a branch from there on, or from a later block, goes to.</summary>
    private int[] EarliestAhead()
    {
        int[] earliest = [.. Blocks.Select(block => block.Ordinal)];
        foreach (ControlFlowBranch branch in Blocks.SelectMany(block => block.Predecessors))
        {
            // What follows a finally follows all of it.
            int from = branch.FinallyRegions.Select(final => final.LastBlockOrdinal).Append(branch.Source.Ordinal).Max();
            earliest[from] = Math.Min(earliest[from], branch.Destination!.Ordinal);
        }

        for (int block = earliest.Length - 2; block >= 0; block--)
            earliest[block] = Math.Min(earliest[block], earliest[block + 1]);

        return earliest;
    }

    private IEnumerable<FlowGraph> Inner()
    {
        foreach (IMethodSymbol local in _graph.LocalFunctions)
            yield return new FlowGraph(_graph.GetLocalFunctionControlFlowGraph(local), local, _shared);

        foreach (BasicBlock block in Blocks)
        {
            foreach (IFlowAnonymousFunctionOperation lambda in Operations(block).OfType<IFlowAnonymousFunctionOperation>().Where(IsCode))
                yield return new FlowGraph(_graph.GetAnonymousFunctionControlFlowGraph(lambda), lambda.Symbol, _shared);
        }
    }

    /// <summary>A lambda that becomes a tree of expressions is data.</summary>
    private static bool IsCode(IFlowAnonymousFunctionOperation lambda) =>
        lambda.Parent?.Type is not INamedTypeSymbol { Name: "Expression", ContainingNamespace.Name: "Expressions" };

    /// <summary>An operation and its operands, operands first.</summary>
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
