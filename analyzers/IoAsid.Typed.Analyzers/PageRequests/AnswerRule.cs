using System.Collections.Immutable;
using IoAsid.Typed.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers.PageRequests;

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

    public override bool IsOfInterest(IOperation operation) => members.AnsweredBy(operation) is not null;

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
                FollowLocal(write.Slot, HasDuty(site.Operation, write, graph), site, surroundings, graph, budget, report);
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

    private void FollowLocal(Slot slot, bool hasDuty, FlowSite site, Surroundings surroundings, FlowGraph graph, FlowBudget budget, Action<Diagnostic> report)
    {
        // What is known before takes time to find out, and matters only where there is something to report.
        if (Follow(slot, site, Facts.None, graph, budget) is { IsAnswered: true } first
            && ((first.IsForgotten && hasDuty) || first.Second.Count > 0)
            && Follow(slot, site, surroundings.At(site), graph, budget) is { } tracker)
            Report(tracker, hasDuty && tracker.IsAnswered, slot.Symbol!, ((ILocalSymbol)slot.Symbol!).Type, graph, report);
    }

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

    /// <summary>Returns true if no other code can have the duty to answer, because the object is made here. Any other call, and a loop over a collection, may give an object that other code has, too.</summary>
    private bool HasDuty(IOperation operation, Write write, FlowGraph graph) => ValueOf(write, graph) switch
    {
        IObjectCreationOperation => true,
        { } value => members.IsFactory(CallIn(value)?.TargetMethod),
        null => members.IsFactory(GivenOutBy(operation, write)?.TargetMethod),
    };

    /// <summary>Returns the value of a write. A creation with an initializer goes by way of a temporary.</summary>
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

    private static Diagnostic DiagnosticFor(Location location, ISymbol name, ITypeSymbol type, string what) =>
        Diagnostic.Create(Descriptors.NotAnsweredOnce, location, name.Name, MemberSite.Display(type), what);
}
