using System.Collections.Immutable;
using IoAsid.Typed.Analyzers.Operations;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers.Usage;

/// <summary>
/// Finds the reads of found data that come after an <c>await</c> or a <c>yield return</c> on some path from the lookup: code that ran long after, on whatever thread.
/// </summary>
/// <remarks>
/// A forward analysis of two sets of locals, fresh and stale, which only grow where paths meet; it ends because there are so many locals and no more. A lookup makes
/// its local fresh, a wait makes the fresh ones stale.
/// </remarks>
internal sealed class StaleReads
{
    private readonly FoundData _data;
    private readonly Dictionary<ILocalSymbol, IOperation> _found = new(SymbolEqualityComparer.Default);
    private ImmutableHashSet<ILocalSymbol> _fresh = ImmutableHashSet.Create<ILocalSymbol>(SymbolEqualityComparer.Default);
    private ImmutableHashSet<ILocalSymbol> _stale = ImmutableHashSet.Create<ILocalSymbol>(SymbolEqualityComparer.Default);

    private StaleReads(FoundData data) => _data = data;

    /// <summary>The first stale read of each local, in the order of the code.</summary>
    public static IReadOnlyDictionary<ILocalSymbol, IOperation> In(ControlFlowGraph graph, FoundData data, CancellationToken cancellationToken)
    {
        StaleReads reads = new(data);
        reads.RunNested(graph, cancellationToken);
        return reads._found;
    }

    private void RunNested(ControlFlowGraph graph, CancellationToken cancellationToken)
    {
        if (!CallStack.HasRoom())
            return;

        Run(graph, cancellationToken);
        foreach (IMethodSymbol local in graph.LocalFunctions)
            RunNested(graph.GetLocalFunctionControlFlowGraph(local, cancellationToken), cancellationToken);

        foreach (IFlowAnonymousFunctionOperation lambda in graph.Blocks.SelectMany(Operations).SelectMany(operation => operation.DescendantsAndSelf()).OfType<IFlowAnonymousFunctionOperation>())
            RunNested(graph.GetAnonymousFunctionControlFlowGraph(lambda, cancellationToken), cancellationToken);
    }

    private void Run(ControlFlowGraph graph, CancellationToken cancellationToken)
    {
        ImmutableHashSet<ILocalSymbol> none = _fresh.Clear();
        var fresh = new ImmutableHashSet<ILocalSymbol>[graph.Blocks.Length];
        var stale = new ImmutableHashSet<ILocalSymbol>[graph.Blocks.Length];
        Queue<BasicBlock> open = new();
        Enter(graph.Blocks[0], none, none);
        while (open.Count > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            BasicBlock block = open.Dequeue();
            (_fresh, _stale) = (fresh[block.Ordinal], stale[block.Ordinal]);
            EnterHandlers(block);
            foreach (IOperation operation in Operations(block))
                Visit(operation);

            EnterHandlers(block);
            Leave(block.FallThroughSuccessor);
            Leave(block.ConditionalSuccessor);
        }

        void Leave(ControlFlowBranch? branch)
        {
            foreach (ControlFlowRegion left in branch?.FinallyRegions ?? [])
                Enter(graph.Blocks[left.FirstBlockOrdinal], _fresh, _stale);

            if (branch?.Destination is { } next)
                Enter(next, _fresh, _stale);
            else if (branch?.Semantics == ControlFlowBranchSemantics.StructuredExceptionHandling)
                EnterAfterFinally(graph, block: branch.Source);
        }

        // An exception may leave a block at any point, before its writes or after them.
        void EnterHandlers(BasicBlock block)
        {
            for (ControlFlowRegion? region = block.EnclosingRegion; region is not null && region != graph.Root; region = region.EnclosingRegion)
            {
                if (region is { Kind: ControlFlowRegionKind.Try, EnclosingRegion: { } whole })
                {
                    foreach (ControlFlowRegion handler in whole.NestedRegions.Where(nested => nested.Kind != ControlFlowRegionKind.Try))
                        Enter(graph.Blocks[handler.FirstBlockOrdinal], _fresh, _stale);
                }
            }
        }

        // The code behind a finally goes on with what the finally left.
        void EnterAfterFinally(ControlFlowGraph whole, BasicBlock block)
        {
            ControlFlowRegion? region = block.EnclosingRegion;
            while (region is not null && region != whole.Root && region.Kind != ControlFlowRegionKind.Finally)
                region = region.EnclosingRegion;

            if (region == whole.Root || region?.EnclosingRegion is not { } tryAndFinally)
                return;

            foreach (BasicBlock inside in whole.Blocks.Skip(tryAndFinally.FirstBlockOrdinal).Take(tryAndFinally.LastBlockOrdinal - tryAndFinally.FirstBlockOrdinal + 1))
            {
                foreach (ControlFlowBranch? branch in new[] { inside.FallThroughSuccessor, inside.ConditionalSuccessor })
                {
                    if (branch is { Destination: { } next } && branch.FinallyRegions.Contains(region))
                        Enter(next, _fresh, _stale);
                }
            }
        }

        void Enter(BasicBlock block, ImmutableHashSet<ILocalSymbol> moreFresh, ImmutableHashSet<ILocalSymbol> moreStale)
        {
            if (fresh[block.Ordinal] is not { } oldFresh || stale[block.Ordinal] is not { } oldStale)
            {
                (fresh[block.Ordinal], stale[block.Ordinal]) = (moreFresh, moreStale);
                open.Enqueue(block);
                return;
            }

            (ImmutableHashSet<ILocalSymbol> allFresh, ImmutableHashSet<ILocalSymbol> allStale) = (oldFresh.Union(moreFresh), oldStale.Union(moreStale));
            if (allFresh.Count == oldFresh.Count && allStale.Count == oldStale.Count)
                return;

            (fresh[block.Ordinal], stale[block.Ordinal]) = (allFresh, allStale);
            open.Enqueue(block);
        }
    }

    private static IEnumerable<IOperation> Operations(BasicBlock block) =>
        block.BranchValue is { } value ? block.Operations.Append(value) : block.Operations;

    /// <summary>Visits an operation after its parts: that is the order in which they happen.</summary>
    private void Visit(IOperation operation)
    {
        // A lambda runs at another time; its own graph is looked at by itself.
        if (operation is IFlowAnonymousFunctionOperation || !CallStack.HasRoom())
            return;

        foreach (IOperation part in operation.ChildOperations)
            Visit(part);

        switch (operation)
        {
            case IAwaitOperation or IReturnOperation { Kind: OperationKind.YieldReturn }:
                _stale = _stale.Union(_fresh);
                _fresh = _fresh.Clear();
                break;
            case ILocalReferenceOperation reference when _data.Locals.ContainsKey(reference.Local):
                if (!Variables.IsWriteTarget(reference) && !reference.IsDeclaration)
                    Read(reference);

                break;
            case ISimpleAssignmentOperation { Target: ILocalReferenceOperation target, Value: var value }:
                Write(target.Local, value.ConstantValue is not { HasValue: true, Value: null });
                break;
            case IArgumentOperation { Parameter.RefKind: RefKind.Out, Value: var value }:
                if (LocalOf(value) is { } local)
                    Write(local, isData: true);

                break;
            case IDeclarationPatternOperation { DeclaredSymbol: ILocalSymbol declared }:
                Write(declared, isData: true);
                break;
            case IRecursivePatternOperation { DeclaredSymbol: ILocalSymbol declared }:
                Write(declared, isData: true);
                break;
        }
    }

    private static ILocalSymbol? LocalOf(IOperation target) => target switch
    {
        _ when !CallStack.HasRoom() => null,
        ILocalReferenceOperation reference => reference.Local,
        IDeclarationExpressionOperation declaration => LocalOf(declaration.Expression),
        _ => null,
    };

    private void Write(ILocalSymbol local, bool isData)
    {
        if (!_data.Locals.ContainsKey(local))
            return;

        _stale = _stale.Remove(local);
        _fresh = isData ? _fresh.Add(local) : _fresh.Remove(local);
    }

    private void Read(ILocalReferenceOperation reference)
    {
        if (!_stale.Contains(reference.Local) || !UsesData(reference))
            return;

        if (!_found.TryGetValue(reference.Local, out IOperation? first) || reference.Syntax.SpanStart < first.Syntax.SpanStart)
            _found[reference.Local] = reference;
    }

    /// <summary>A test for null does not touch the data; of a lookup only the data matters.</summary>
    private bool UsesData(IOperation read) => read.Parent switch
    {
        _ when !CallStack.HasRoom() => false,
        IConversionOperation conversion => UsesData(conversion),
        IIsNullOperation => false,
        IBinaryOperation comparison => !comparison.ChildOperations.Any(operand => operand.ConstantValue is { HasValue: true, Value: null }),
        IIsPatternOperation { Pattern: IConstantPatternOperation or INegatedPatternOperation { Pattern: IConstantPatternOperation } } => false,
        var parent when read is ILocalReferenceOperation { Local: var local } && _data.IsLookup(local) => parent is IPropertyReferenceOperation { Property.Name: "Data" },
        _ => true,
    };
}
