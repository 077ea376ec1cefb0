using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>
/// IOASID2001 and IOASID2008: follows a hold, reference, binding or object that lasts until its disposal from where it is taken, where that succeeded, until it is released or passed on.
/// </summary>
/// <param name="graph">The function.</param>
/// <param name="taken">The call that takes it; null for one that the function takes over by a parameter.</param>
/// <param name="members">The members that matter.</param>
internal sealed class HoldTracker(FlowGraph graph, Acquisition? taken, LifetimeMembers members) : Tracker(graph)
{
    /// <summary>The call runs again and takes another value.</summary>
    private const int TakenAgain = 1;

    /// <summary>The name of the id has another id.</summary>
    private const int OtherId = 2;

    /// <summary>Gets a value indicating whether some path does not release the value.</summary>
    public bool IsForgotten { get; private set; }

    /// <summary>The frees of the same id that are waited for while it is held.</summary>
    public HashSet<IInvocationOperation> Waits { get; } = [];

    /// <summary>Returns the path after a successful call; null if the call stores its result where the rule cannot follow it.</summary>
    /// <param name="facts">What is known when it is called.</param>
    public FlowPath? Start(Facts facts) =>
        taken is not { Target: { } target } || target is IDiscardOperation ? new FlowPath(default, facts) : StartIn(Slot.Of(target), facts);

    /// <summary>Returns the path at the entry of a function that takes over a parameter.</summary>
    public FlowPath? Start(IParameterSymbol parameter) => StartIn(Slot.Of(parameter), Facts.None);

    public bool HasFindings => IsForgotten || Waits.Count > 0;

    public override FlowPath? Step(FlowPath path, IOperation operation)
    {
        if (operation == taken?.Call)
            return ComeRoundAgain(path);

        foreach (IOperation value in OperandsCarrying(path, operation))
        {
            if (!StaysHeld(operation, value))
                return null;
        }

        if (taken?.Id is not { } id)
            return path;

        if (id.IsChangedBy(operation, Graph))
            return path.In(path.Standing.Phase | OtherId);

        if (!Is(path, OtherId) && WaitForFree.Of(operation, Graph, members) is { } free && id.IsSameAs(IdOrigin.OfHandle(free.Instance, Graph, members.Sdk)))
            Waits.Add(free);

        return path;
    }

    public override bool Returns(FlowPath path, IOperation value) => !Carries(path, value);

    public override void Leave(FlowPath path) => IsForgotten = true;

    public override bool Lose(FlowPath path)
    {
        IsForgotten = true;
        return false;
    }

    public override bool Carries(FlowPath path, IOperation? expression) =>
        IsFresh(path, expression) && taken!.IsResult || (CallStack.HasRoom() && CarriesResult(path, expression)) || base.Carries(path, expression);

    public override Known? ValueOf(FlowPath path, IOperation expression) =>
        IsFresh(path, expression) && !taken!.IsResult ? Known.True
        : Carries(path, expression) ? Known.Found
        : null;

    private FlowPath? StartIn(Slot? name, Facts facts)
    {
        if (name is not { } slot || !Graph.Owns(slot))
            return null;

        string word = Graph.WordOf(slot);
        return new FlowPath(new Standing(0, Names.BitFor(slot)), facts.Without(word).With(word, Known.Found));
    }

    /// <summary>Gets a value indicating whether it ends by any disposal, and may be discarded, because its owner ends it too.</summary>
    private bool LastsUntilDisposal => taken is { Action: LifetimeAction.Begin };

    private static bool Is(FlowPath path, int flag) => (path.Standing.Phase & flag) != 0;

    private bool IsFresh(FlowPath path, IOperation? expression) => taken is not null && expression == taken.Call && !Is(path, TakenAgain);

    private FlowPath? ComeRoundAgain(FlowPath path)
    {
        // One without a name is lost by now; one with a name is lost when that is written.
        IsForgotten |= path.Standing.Names == 0;
        return path.Standing.Names == 0 ? null : path.In(path.Standing.Phase | TakenAgain);
    }

    /// <summary>Returns true if an expression is the followed task, or its result.</summary>
    private bool CarriesResult(FlowPath path, IOperation? expression) =>
        LastsUntilDisposal
        && expression is IAwaitOperation or IInvocationOperation
        && expression.ChildOperations.Any(task => LifetimeMembers.IsWaitFor(expression, task) && Carries(path, task));

    /// <summary>Returns true if an operation neither releases the hold nor passes it on, nor does anything that may be that.</summary>
    private bool StaysHeld(IOperation operation, IOperation value) => Ways.Of(operation, value, Graph) switch
    {
        ValueUse.Kept when LastsUntilDisposal && operation is ISimpleAssignmentOperation { Target: IDiscardOperation } => false,
        ValueUse.Kept or ValueUse.Called when LastsUntilDisposal && LifetimeMembers.IsTask(value.Type) && operation is IMemberReferenceOperation or IInvocationOperation =>
            LifetimeMembers.IsWaitFor(operation, value),
        ValueUse.Kept => true,
        ValueUse.Called => !IsRelease((IInvocationOperation)operation),
        ValueUse.Given => members.OnlyBorrows(Ways.ParameterFor(operation, value)!),
        _ => LastsUntilDisposal && LifetimeMembers.IsWaitFor(operation, value),
    };

    private bool IsRelease(IInvocationOperation call) =>
        members.Of(call) is LifetimeAction.Release or LifetimeAction.Complete || (LastsUntilDisposal && LifetimeMembers.IsDisposal(call.TargetMethod));
}
