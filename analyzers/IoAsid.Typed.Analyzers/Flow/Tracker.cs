using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>A follower of one value, which decides at each operation what becomes of the path.</summary>
internal abstract class Tracker(FlowGraph graph)
{
    /// <summary>Gets a value indicating whether paths continue where an exception is caught.</summary>
    public virtual bool FollowsExceptions => false;

    /// <summary>
    /// Gets a value indicating whether a field or property that is read twice is taken for the same. Where the rule looks for some path, that keeps it silent
    /// about paths that are not meant. Where the rule claims something of every path, it must not trust memory.
    /// </summary>
    public virtual bool TrustsMemory => true;

    /// <summary>The last block in which there is anything to see; a path that cannot come back to it need not be followed.</summary>
    public virtual int LastBlock => int.MaxValue;

    public NameTable Names { get; } = new();

    protected FlowGraph Graph => graph;

    /// <summary>Returns the path after an operation; null if it no longer matters. The operands of the operation come before it, and its writes after it.</summary>
    public abstract FlowPath? Step(FlowPath path, IOperation operation);

    /// <summary>Returns the path on which an operation throws; null if it does not matter.</summary>
    public virtual FlowPath? Interrupted(FlowPath path, IOperation operation) => path;

    /// <summary>Returns true if a path continues when this value is returned.</summary>
    public virtual bool Returns(FlowPath path, IOperation value) => true;

    /// <summary>Notes that the path has left the function without an exception.</summary>
    public virtual void Leave(FlowPath path)
    {
    }

    /// <summary>Returns true if a path matters after the last name of the value got another value.</summary>
    /// <returns>Whether the path is of interest all the same.</returns>
    public virtual bool Lose(FlowPath path) => false;

    /// <summary>Returns what is known of a value that a call gives out by its parameters.</summary>
    public virtual Known? GivenOut(FlowPath path, IOperation call) => null;

    /// <summary>Returns what is known of an expression because it is, or depends on, the followed value.</summary>
    public virtual Known? ValueOf(FlowPath path, IOperation expression) => null;

    /// <summary>Returns true if the value of an expression is the followed one.</summary>
    public virtual bool Carries(FlowPath path, IOperation? expression) => expression switch
    {
        _ when !CallStack.HasRoom() => false,
        ISimpleAssignmentOperation assignment => Carries(path, assignment.Value),
        IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.PatternInput } part => Carries(path, Ways.PatternInput(part)),
        _ when Unconverted.Operand(expression) is { } converted => Carries(path, converted),
        _ => Slot.Of(expression) is { } slot && Names.IsIn(path.Standing.Names, slot),
    };

    /// <summary>Returns the names of the value after a slot was written; null if it was put where it cannot be followed.</summary>
    /// <param name="path">The path before the operation writes anything.</param>
    /// <param name="names">The names so far: an operation may write several slots.</param>
    /// <param name="write">The slot and its value.</param>
    public virtual ulong? NamesAfter(FlowPath path, ulong names, Write write)
    {
        if (!Carries(path, write.Value))
            return Names.IsIn(names, write.Slot) ? names & ~Names.BitFor(write.Slot) : names;

        ulong bit = graph.Owns(write.Slot) ? Names.BitFor(write.Slot) : 0;
        return bit == 0 ? null : names | bit;
    }

    /// <summary>Returns the names that the value has when a lambda or local function runs.</summary>
    /// <param name="inner">Follows the value in the function.</param>
    /// <param name="path">The path where this function makes or calls the other.</param>
    protected ulong NamesIn(Tracker inner, FlowPath path)
    {
        ulong names = 0;
        foreach (Slot slot in Names.SlotsIn(path.Standing.Names).Where(graph.IsSteady))
            names |= inner.Names.BitFor(slot);

        return names;
    }

    /// <summary>Returns the operands of an operation that are the followed value.</summary>
    protected IEnumerable<IOperation> OperandsCarrying(FlowPath path, IOperation operation)
    {
        foreach (IOperation operand in operation.ChildOperations)
        {
            if (Carries(path, operand))
                yield return operand;
        }
    }
}
