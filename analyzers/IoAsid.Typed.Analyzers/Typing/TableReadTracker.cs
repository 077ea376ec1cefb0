using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace IoAsid.Typed.Analyzers;

/// <summary>IOASID1010: follows a number, and values computed from it, to a read of a table.</summary>
/// <param name="graph">The function.</param>
/// <param name="id">The parameter that the number is.</param>
internal sealed class TableReadTracker(FlowGraph graph, IParameterSymbol id) : Tracker(graph)
{
    private readonly HashSet<IMethodSymbol> _entered = new(SymbolEqualityComparer.Default);
    private IOperation? _at;

    /// <summary>The name of the first table that is read by the number, or null.</summary>
    public string? Table { get; private set; }

    public override bool FollowsExceptions => true;

    public FlowPath Start() => new(new Standing(0, BitOf(Slot.Of(id))), Facts.None);

    public override FlowPath? Step(FlowPath path, IOperation operation)
    {
        _at = operation;
        if (TableRead.At(operation) is { } read && read.MayBeBy(id) && read.Indexes.Any(index => Carries(path, index)))
            Table ??= read.Name;

        if (Graph.FunctionAt(operation) is { } function)
            Enter(function, path);

        return Table is null ? path : null;
    }

    /// <summary>Returns true if an expression is computed of the number: a difference, a hash, a member of a struct around it.</summary>
    public override bool Carries(FlowPath path, IOperation? expression) => expression switch
    {
        null => false,
        _ when !CallStack.HasRoom() => false,
        IFlowAnonymousFunctionOperation => false,
        _ => base.Carries(path, expression) || expression.ChildOperations.Any(part => Carries(path, part)),
    };

    public override ulong? NamesAfter(FlowPath path, ulong names, Write write)
    {
        ulong bit = BitOf(write.Slot);
        return IsComputed(path, write) ? names | bit : names & ~bit;
    }

    public override bool Lose(FlowPath path) => true;

    /// <summary>Returns true if a slot gets something that is computed of the number. An addition keeps the number. The results of a call, a pattern or a deconstruction are computed of its operands.</summary>
    private bool IsComputed(FlowPath path, Write write) => write switch
    {
        { Value: { } value } => Carries(path, value),
        { Added: { } added } => Names.IsIn(path.Standing.Names, write.Slot) || Carries(path, added),
        _ => Carries(path, _at),
    };

    private ulong BitOf(Slot slot) => Graph.Owns(slot) || Graph.IsSteady(slot) ? Names.BitFor(slot) : 0;

    private void Enter(FlowGraph function, FlowPath path)
    {
        if (!CallStack.HasRoom() || !_entered.Add(function.Function!))
            return;

        TableReadTracker inner = new(function, id);
        PathFollower.FromEntry(function, inner, new FlowPath(new Standing(0, NamesIn(inner, path)), Facts.None), FlowBudget.For(function.Blocks.Length));
        Table ??= inner.Table;
    }
}
