using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>A follower of one value, which decides at each operation what becomes of the path.</summary>
internal abstract class Tracker(FlowGraph graph)
{
    /// <summary>Gets a value indicating whether paths continue where an exception is caught.</summary>
    public virtual bool FollowsExceptions => false;

    /// <summary>
    /// Gets a value indicating whether two reads of a field or property count as the same value. For a rule about some path, that prevents a report
    /// about paths that are not meant. Where the rule claims something of every path, it must not trust memory.
    /// </summary>
    public virtual bool TrustsMemory => true;

    /// <summary>The last block that matters. A path that cannot return to it is not followed.</summary>
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

    /// <summary>Returns the facts about an out value of a call.</summary>
    public virtual Known? GivenOut(FlowPath path, IOperation call) => null;

    /// <summary>Returns the facts about an expression that is, or depends on, the followed value.</summary>
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
