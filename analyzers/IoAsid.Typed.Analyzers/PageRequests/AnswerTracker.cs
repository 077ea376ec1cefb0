using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>IOASID4001: follows a value that is answered once.</summary>
/// <param name="graph">The function.</param>
/// <param name="slot">The name that it has to begin with.</param>
/// <param name="producer">The call that gives it out and returns true then, if that is how it comes.</param>
/// <param name="members">The members that answer.</param>
internal sealed class AnswerTracker(FlowGraph graph, Slot slot, IOperation? producer, AnswerMembers members) : Tracker(graph)
{
    private const int Answered = 1;

    public override bool FollowsExceptions => true;

    /// <summary>Gets a value indicating whether some path answers it, or hands the duty on.</summary>
    public bool IsAnswered { get; private set; }

    /// <summary>Gets a value indicating whether some path does not, and does nothing else with it that could be that.</summary>
    public bool IsForgotten { get; private set; }

    /// <summary>The answers that are second ones on some path.</summary>
    public HashSet<IOperation> Second { get; } = [];

    public FlowPath Start(Facts facts)
    {
        string word = Graph.WordOf(slot);
        return new FlowPath(new Standing(0, Names.BitFor(slot)), facts.Without(word).With(word, Known.NotNull));
    }

    public override FlowPath? Step(FlowPath path, IOperation operation)
    {
        if (members.AnsweredBy(operation) is { } answered && Carries(path, answered))
            return Answer(path, operation);

        return path.Standing.Phase == Answered || OperandsCarrying(path, operation).All(value => IsLookedAt(operation, value)) ? path : null;
    }

    /// <summary>Returns the path on which an operation throws. An operation that throws while it answers may have answered, and an exception after the answer proves nothing.</summary>
    public override FlowPath? Interrupted(FlowPath path, IOperation operation) =>
        path.Standing.Phase == Answered || (members.AnsweredBy(operation) is { } answered && Carries(path, answered)) || IsHandedOver(path, operation) ? null : path;

    public override bool Returns(FlowPath path, IOperation value) => path.Standing.Phase == Answered || !Carries(path, value);

    public override void Leave(FlowPath path) => IsForgotten |= path.Standing.Phase != Answered;

    public override bool Lose(FlowPath path)
    {
        IsForgotten |= path.Standing.Phase != Answered;
        return false;
    }

    public override Known? ValueOf(FlowPath path, IOperation expression) => expression switch
    {
        IInvocationOperation when expression == producer && expression.Type?.SpecialType == SpecialType.System_Boolean => Known.True,
        IPropertyReferenceOperation property when members.TellsAnswered(property) && Carries(path, property.Instance) =>
            Known.Of((object)(path.Standing.Phase == Answered)),
        _ => Carries(path, expression) ? Known.NotNull : null,
    };

    public override ulong? NamesAfter(FlowPath path, ulong names, Write write) =>
        base.NamesAfter(path, names, write) ?? (path.Standing.Phase == Answered ? names : null);

    private FlowPath? Answer(FlowPath path, IOperation answer)
    {
        IsAnswered = true;
        if (path.Standing.Phase != Answered)
            return path.In(Answered);

        if (members.AnswersOnlyUnanswered(answer))
            return path;

        Second.Add(answer);
        return null;
    }

    private bool IsLookedAt(IOperation operation, IOperation value) => Ways.Of(operation, value, Graph) switch
    {
        ValueUse.Kept or ValueUse.Called => true,
        ValueUse.Given => Ways.ParameterFor(operation, value) is { ContainingSymbol: IMethodSymbol method }
            && (PlainMethods.Contain(method) || ReturnContract.IsNullTest(method)),
        _ => false,
    };

    /// <summary>Returns true if an operation hands the duty over with an argument. A call that throws may have taken it over.</summary>
    private bool IsHandedOver(FlowPath path, IOperation operation) =>
        operation is IInvocationOperation call
        && call.Arguments.Any(argument => members.AnsweredBy(argument) is { } answered && Carries(path, answered));
}
