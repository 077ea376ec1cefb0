using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>Follows each parameter and local that is to be answered once.</summary>
internal sealed class AnswerRule(AnswerMembers members) : FlowRule
{
    public override ImmutableArray<OperationKind> Kinds { get; } = [OperationKind.Argument, OperationKind.Invocation, OperationKind.SimpleAssignment];

    public override bool IsOfInterest(IMethodSymbol method)
    {
        foreach (IParameterSymbol parameter in method.Parameters)
        {
            if (HasDuty(parameter))
                return true;
        }

        return Ways.ReceiverOf(method) is { } receiver && HasDuty(receiver);
    }

    public override bool IsOfInterest(IOperation operation) => members.AnsweredBy(operation) is not null || GivesMarkedDuty(operation);

    public override void Analyze(FlowGraph graph, FlowBudget budget, Action<Diagnostic> report)
    {
        foreach (IParameterSymbol parameter in graph.Parameters)
        {
            if (members.IsAnsweredOnce(parameter.Type) && graph.Owns(Slot.Of(parameter)))
                FollowParameter(parameter, graph, budget, report);
        }

        FlowSite[] sites = [.. graph.Sites()];
        Surroundings surroundings = new(graph, sites.Where(site => Produced(site.Operation, graph).Any()), budget);
        foreach (FlowSite site in sites)
        {
            foreach (Write write in Produced(site.Operation, graph))
                FollowLocal(write.Slot, DutyOf(site.Operation, write, graph), site, surroundings, graph, budget, report);
        }
    }

    private bool HasDuty(IParameterSymbol parameter) => members.IsAnsweredOnce(parameter.Type) && members.HasDuty(parameter);

    private void FollowParameter(IParameterSymbol parameter, FlowGraph graph, FlowBudget budget, Action<Diagnostic> report)
    {
        AnswerTracker tracker = new(graph, Slot.Of(parameter), producer: null, members);
        if (!PathFollower.FromEntry(graph, tracker, tracker.Start(Facts.None), budget))
            return;

        // A function without a result has no other way to tell its caller that it has not answered.
        bool hasDuty = members.HasDuty(parameter) || (tracker.IsAnswered && ReturnsNothing(graph.Function!));
        Report(tracker, hasDuty, parameter, parameter.Type, graph, report);
    }

    private void FollowLocal(Slot slot, Duty duty, FlowSite site, Surroundings surroundings, FlowGraph graph, FlowBudget budget, Action<Diagnostic> report)
    {
        // What is known before takes time to find out, and matters only where there is something to report.
        if (Follow(slot, site, Facts.None, graph, budget) is { } first
            && (IsDue(first, duty) || first.Second.Count > 0)
            && Follow(slot, site, surroundings.At(site), graph, budget) is { } tracker)
            Report(tracker, IsDue(tracker, duty), slot.Symbol!, ((ILocalSymbol)slot.Symbol!).Type, graph, report);
    }

    private static bool IsDue(AnswerTracker tracker, Duty duty) => tracker.IsForgotten && (duty == Duty.Marked || (duty == Duty.Made && tracker.IsAnswered));

    private AnswerTracker? Follow(Slot slot, FlowSite site, Facts known, FlowGraph graph, FlowBudget budget)
    {
        AnswerTracker tracker = new(graph, slot, site.Operation, members);
        return PathFollower.After(graph, tracker, site, tracker.Start(known), budget) ? tracker : null;
    }

    /// <summary>Returns the locals to which an operation gives something that may be answered there: the result of a call, or each item of a loop.</summary>
    private IEnumerable<Write> Produced(IOperation operation, FlowGraph graph) =>
        Write.Of(operation, graph)
            .Where(write => write.Slot.Symbol is ILocalSymbol local && members.IsAnsweredOnce(local.Type) && graph.Owns(write.Slot) && IsNew(operation, write, graph));

    private static bool IsNew(IOperation operation, Write write, FlowGraph graph) => ValueOf(write, graph) switch
    {
        IInvocationOperation or IObjectCreationOperation or IAwaitOperation => true,
        { } value => IsItem(value),
        null => GivenOutBy(operation, write) is not null,
    };

    /// <summary>
    /// Returns the duty to answer the value that an operation assigns to a local. No other code can have the duty if the object is created here, or if the call has a mark that transfers the duty. Any other call, and a
    /// loop over a collection, may give an object that other code has, too.
    /// </summary>
    private Duty DutyOf(IOperation operation, Write write, FlowGraph graph)
    {
        IOperation? value = ValueOf(write, graph);
        IInvocationOperation? call = value switch
        {
            null => GivenOutBy(operation, write),
            _ when IsItem(value) => SequenceOf(value, graph),
            _ => CallIn(value),
        };
        IParameterSymbol? outParameter = value is null ? call?.Arguments.FirstOrDefault(argument => IsTo(argument, write.Slot))?.Parameter : null;
        if (members.IsMarkedToGiveDuty(call?.TargetMethod, outParameter))
            return Duty.Marked;

        return value is IObjectCreationOperation || (value is null || !IsItem(value)) && members.IsFactory(call?.TargetMethod) ? Duty.Made : Duty.Perhaps;
    }

    /// <summary>Returns true if a call has a mark that transfers the duty to answer its result or an out value.</summary>
    private bool GivesMarkedDuty(IOperation operation) =>
        operation is IInvocationOperation call
        && (members.IsMarkedToGiveDuty(call.TargetMethod, outParameter: null)
            || call.Arguments.Any(argument => argument.Parameter is { RefKind: RefKind.Out } parameter && members.IsMarkedToGiveDuty(call.TargetMethod, parameter)));

    /// <summary>Returns the call that gives the sequence of a loop whose item this is.</summary>
    private static IInvocationOperation? SequenceOf(IOperation item, FlowGraph graph)
    {
        IOperation? at = ((IPropertyReferenceOperation)item).Instance;
        while (true)
        {
            switch (Unconverted.Of(at))
            {
                case IFlowCaptureReferenceOperation { Id: var temporary }:
                    at = graph.Definitions.ValueOf(Slot.Of(temporary));
                    break;
                case IInvocationOperation { TargetMethod.Name: "GetEnumerator" or "GetAsyncEnumerator" or "WithCancellation" or "ConfigureAwait" } call:
                    at = call.Instance ?? call.Arguments.FirstOrDefault()?.Value;
                    break;
                case IInvocationOperation call:
                    return call;
                default:
                    return null;
            }
        }
    }

    /// <summary>Returns the value of a write. A creation with an initializer uses a temporary.</summary>
    private static IOperation? ValueOf(Write write, FlowGraph graph) => Unconverted.Of(write.Value) switch
    {
        IFlowCaptureReferenceOperation { Id: var temporary } => Unconverted.Of(graph.Definitions.ValueOf(Slot.Of(temporary))),
        var value => value,
    };

    private static bool IsItem(IOperation value) => value is IPropertyReferenceOperation { Property.Name: "Current", IsImplicit: true };

    /// <summary>Returns the call whose result it is, awaited or not.</summary>
    private static IInvocationOperation? CallIn(IOperation? value) => Unconverted.Of(value) switch
    {
        _ when !CallStack.HasRoom() => null,
        IAwaitOperation awaited => CallIn(awaited.Operation),
        IInvocationOperation { TargetMethod.Name: "ConfigureAwait", Instance: { } task } => CallIn(task),
        IInvocationOperation call => call,
        _ => null,
    };

    private static IInvocationOperation? GivenOutBy(IOperation operation, Write write) =>
        operation is IInvocationOperation call && call.Arguments.Any(argument => argument.Parameter?.RefKind == RefKind.Out && IsTo(argument, write.Slot)) ? call : null;

    private static bool IsTo(IArgumentOperation argument, Slot slot) => Slot.Of(argument.Value) is { } target && target.Equals(slot);

    private static bool ReturnsNothing(IMethodSymbol function) =>
        function.ReturnsVoid || function.ReturnType is INamedTypeSymbol { Name: "Task" or "ValueTask", IsGenericType: false };

    private static void Report(AnswerTracker tracker, bool hasDuty, ISymbol name, ITypeSymbol type, FlowGraph graph, Action<Diagnostic> report)
    {
        if (tracker.IsForgotten && hasDuty)
            report(DiagnosticFor(name.Locations.FirstOrDefault() ?? Location.None, name, type, $"is not answered on some path out of '{MemberSite.NameOf(graph.Function)}'"));

        foreach (IOperation second in tracker.Second)
            report(DiagnosticFor(MemberSite.Of(second), name, type, "is answered a second time here, on some path"));
    }

    private static Diagnostic DiagnosticFor(Location location, ISymbol name, ITypeSymbol type, string mistake) =>
        Diagnostic.Create(Descriptors.NotAnsweredOnce, location, name.Name, MemberSite.Display(type), mistake);

    /// <summary>The certainty of the duty to answer a local.</summary>
    private enum Duty
    {
        /// <summary>Other code may have the duty.</summary>
        Perhaps,

        /// <summary>The value is made here. If no path answers it, it may be for something else.</summary>
        Made,

        /// <summary>The call has a mark that transfers the duty with the value.</summary>
        Marked,
    }
}
