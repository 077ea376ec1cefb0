using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>IOASID2005: follows a binding that stays in the function, and looks for a free of its id before its completion on every path.</summary>
internal sealed class BindOrderTracker(FlowGraph graph, Acquisition bind, LifetimeMembers members) : Tracker(graph)
{
    private const int Freed = 1;
    private const int Completed = 2;

    private bool _isOtherwise;
    private bool _isSo;

    /// <summary>The first free, if every path binds, frees and completes in this order.</summary>
    public IInvocationOperation? Free => _isSo && !_isOtherwise ? FirstFree : null;

    private IInvocationOperation? FirstFree { get; set; }

    public override FlowPath? Step(FlowPath path, IOperation operation)
    {
        if (operation == bind.Call || bind.Id!.IsChangedBy(operation, Graph))
            return End(path);

        foreach (IOperation value in OperandsCarrying(path, operation))
        {
            switch (Ways.Of(operation, value, Graph))
            {
                case ValueUse.PassedOn:
                    return Otherwise();
                case ValueUse.Called when members.Of(operation) == LifetimeAction.Complete:
                    return path.Standing.Phase == 0 ? Otherwise() : path.In(Completed);
            }
        }

        return path.Standing.Phase == 0 && IsFree(operation) ? FreedBy(path, (IInvocationOperation)operation) : path;
    }

    public override bool Returns(FlowPath path, IOperation value)
    {
        _isOtherwise |= Carries(path, value);
        return !_isOtherwise;
    }

    public override void Leave(FlowPath path) => End(path);

    public override bool Lose(FlowPath path) => End(path) is not null;

    public override bool Carries(FlowPath path, IOperation? expression) => expression == bind.Call || base.Carries(path, expression);

    public override Known? ValueOf(FlowPath path, IOperation expression) => Carries(path, expression) ? Known.NotNull : null;

    public override ulong? NamesAfter(FlowPath path, ulong names, Write write)
    {
        ulong? after = base.NamesAfter(path, names, write);
        _isOtherwise |= after is null;
        return after;
    }

    private bool IsFree(IOperation operation) =>
        members.Of(operation) == LifetimeAction.Free
        && bind.Id!.IsSameAs(IdOrigin.OfHandle(((IInvocationOperation)operation).Instance, Graph, members.Sdk));

    private FlowPath FreedBy(FlowPath path, IInvocationOperation free)
    {
        if (FirstFree is null || free.Syntax.SpanStart < FirstFree.Syntax.SpanStart)
            FirstFree = free;

        return path.In(Freed);
    }

    private FlowPath? End(FlowPath path)
    {
        bool isCompleted = path.Standing.Phase == Completed;
        _isSo |= isCompleted;
        _isOtherwise |= !isCompleted;
        return null;
    }

    private FlowPath? Otherwise()
    {
        _isOtherwise = true;
        return null;
    }
}
