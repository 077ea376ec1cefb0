using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>IOASID2007: follows a checked id, where the check succeeded or where it failed, to the calls that act on it.</summary>
/// <param name="graph">The function.</param>
/// <param name="check">The check, in the graph.</param>
/// <param name="isFound">Whether the check succeeded on the paths that are followed.</param>
/// <param name="acts">The calls of the whole body that may act on an id.</param>
/// <param name="last">The last block with such a call.</param>
/// <param name="sdk">The SDK's types.</param>
internal sealed class CheckedIdTracker(FlowGraph graph, IdCall check, bool isFound, ActCalls acts, int last, SdkSymbols sdk)
    : LookupTracker(graph, check.Call, isFound, sdk)
{
    /// <summary>Something that the id of the check is computed from was written.</summary>
    private const int Changed = 1;

    private readonly Slot? _id = Slot.Of(Unconverted.Of(check.Id));
    private readonly IOperation _set = OriginOf(check.Set, graph);
    private readonly HashSet<ISymbol> _readById = new(SameValue.ReadBy(check.Id), SymbolEqualityComparer.Default);
    private readonly HashSet<ISymbol> _readBySet = new(SameValue.ReadBy(check.Set), SymbolEqualityComparer.Default);

    /// <summary>The calls that act: where the check succeeded, the first calls on each path that act on the id; where it failed, every call that acts on any id.</summary>
    public HashSet<SyntaxNode> Acts { get; } = [];

    public override int LastBlock => last;

    /// <summary>Returns the path right after the check; null if something else may write the id at any time.</summary>
    public FlowPath? Start(Facts facts)
    {
        ulong name = _id is { } slot ? BitOf(slot) : 0;
        return _id is not null && name == 0 ? null : new FlowPath(new Standing(0, name), facts);
    }

    public override FlowPath? Step(FlowPath path, IOperation operation)
    {
        // The check is made again.
        if (operation == check.Call)
            return null;

        if (IdCall.Of(operation, Sdk) is { } call && IsAct(path, call))
        {
            Acts.Add(operation.Syntax);
            return IsFound ? null : path;
        }

        if (Graph.FunctionAt(operation) is { } inner)
            NoteActsIn(path, inner);

        return IsFound ? AfterWrites(path, operation) : path;
    }

    /// <summary>Returns true if an expression is the id. The facts about names include the answer of the check.</summary>
    public override bool Carries(FlowPath path, IOperation? expression) =>
        Slot.Of(expression) is { } slot ? Names.IsIn(path.Standing.Names, slot) : CarriesPart(path, expression);

    public override Known? ValueOf(FlowPath path, IOperation expression) => expression == check.Call ? base.ValueOf(path, expression) : null;

    public override Known? GivenOut(FlowPath path, IOperation call) => call == check.Call ? (IsFound ? Known.NotNull : Known.Null) : null;

    public override ulong? NamesAfter(FlowPath path, ulong names, Write write)
    {
        ulong bit = BitOf(write.Slot);
        return Carries(path, write.Value) ? names | bit : names & ~bit;
    }

    public override bool Lose(FlowPath path) => !IsFound || IsUnchangedExpression(path);

    private bool CarriesPart(FlowPath path, IOperation? expression) =>
        expression switch
        {
            _ when !CallStack.HasRoom() => false,
            ISimpleAssignmentOperation assignment => Carries(path, assignment.Value),
            _ when Unconverted.Operand(expression) is { } operand => Carries(path, operand),
            null => false,
            _ => IsUnchangedExpression(path) && SameValue.Have(expression, check.Id),
        };

    private bool IsUnchangedExpression(FlowPath path) => _id is null && (path.Standing.Phase & Changed) == 0;

    private bool IsAct(FlowPath path, IdCall call) =>
        call.Name is not "Contains" && (!IsFound || (Carries(path, call.Id) && SameValue.Have(OriginOf(call.Set, Graph), _set)));

    /// <summary>Notes the acts of a function that is made or called. They count like those of the code around it.</summary>
    private void NoteActsIn(FlowPath path, FlowGraph function)
    {
        foreach (IdCall act in acts.In(function).Where(act => IsAct(path, act)))
            Acts.Add(act.Call.Syntax);
    }

    private FlowPath? AfterWrites(FlowPath path, IOperation operation)
    {
        foreach (ISymbol written in Ways.TargetsOf(operation, Graph).Select(SameValue.KeyOf).OfType<ISymbol>())
        {
            if (_readBySet.Contains(written))
                return null;

            if (_id is null && _readById.Contains(written))
                path = path.In(Changed);
        }

        return path;
    }

    /// <summary>Returns the set of temporaries and locals that have it.</summary>
    private static IOperation OriginOf(IOperation set, FlowGraph graph)
    {
        IOperation origin = set;
        for (int copies = 0; copies < 32; copies++)
        {
            if (Slot.Of(origin) is not { } slot || graph.Definitions.ValueOf(slot) is not { } value || (slot.Symbol is not null && Slot.Of(Unconverted.Of(value)) is null))
                return origin;

            origin = Unconverted.Of(value)!;
        }

        return origin;
    }
}
