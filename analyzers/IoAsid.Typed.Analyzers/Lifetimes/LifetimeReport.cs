using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>The diagnostics about lifetimes, in words.</summary>
internal static class LifetimeReport
{
    public static Diagnostic Leak(Acquisition taken, FlowGraph graph) => Diagnostic.Create(
        Descriptors.Leak,
        MemberSite.Of(taken.Call),
        MemberSite.NameOf(graph.Function),
        Subject(taken),
        Remedy(taken));

    public static Diagnostic Leak(IParameterSymbol parameter, FlowGraph graph) => Diagnostic.Create(
        Descriptors.Leak,
        parameter.Locations.FirstOrDefault() ?? Location.None,
        MemberSite.NameOf(graph.Function),
        $"'{parameter.Name}' ({MemberSite.Display(parameter.Type)}), which it takes over,",
        "release it, or pass it on");

    public static Diagnostic UseAfterEnd(IOperation use, IOperation end, SdkSymbols sdk)
    {
        IOperation instance = EndedUse.Of(use, sdk)!;
        return Diagnostic.Create(
            Descriptors.UseAfterEnd,
            MemberSite.Of(use),
            MemberOf(use).Name,
            MemberSite.Quote(instance),
            MemberSite.Display(instance.Type),
            ((IInvocationOperation)end).TargetMethod.Name);
    }

    public static Diagnostic FreeBeforeCompletion(IInvocationOperation free, Acquisition bind) => Diagnostic.Create(
        Descriptors.FreeBeforeCompletion,
        MemberSite.Of(free),
        MemberSite.Quote(free.Instance),
        MemberSite.Display(free.Instance?.Type),
        MemberSite.Quote(bind.Call));

    public static Diagnostic WaitWhileHolding(IInvocationOperation free, Acquisition taken) => Diagnostic.Create(
        Descriptors.WaitWhileHolding,
        MemberSite.Of(free),
        MemberSite.Quote(free.Instance),
        MemberSite.Display(free.Instance?.Type),
        Subject(taken));

    private static string Subject(Acquisition taken)
    {
        string from = MemberSite.Quote(taken.Call.Instance ?? taken.Call.Arguments.FirstOrDefault()?.Value);
        string type = MemberSite.Display(taken.Call.Instance?.Type ?? taken.Call.TargetMethod.ContainingType);
        string noun = taken.Action switch
        {
            LifetimeAction.Bind => "binding",
            LifetimeAction.TryHold => "reference",
            LifetimeAction.Begin => MemberSite.Display(TypeOf(taken.Call)),
            _ => "hold",
        };
        return $"the {noun} that '{taken.Call.TargetMethod.Name}' takes through '{from}' ({type})";
    }

    private static string Remedy(Acquisition taken) => taken.Action switch
    {
        LifetimeAction.Bind => "complete it with the receipt of its drain, or keep it",
        LifetimeAction.TryHold when taken.Target is IDiscardOperation => "give it a name, and release it with 'using' where 'TryHold' is true",
        LifetimeAction.TryHold => "release it with 'using' where 'TryHold' is true",
        LifetimeAction.Begin => "dispose it, keep it, or discard it with '_ =' if it lasts as long as its owner",
        _ => "take it with 'using'",
    };

    /// <summary>Returns the type that a call gives, by a task or at once.</summary>
    private static ITypeSymbol? TypeOf(IInvocationOperation call) =>
        call.Type is INamedTypeSymbol { Name: "Task" or "ValueTask", TypeArguments: { Length: 1 } results } ? results[0] : call.Type;

    private static ISymbol MemberOf(IOperation use) => use is IMemberReferenceOperation reference ? reference.Member : ((IInvocationOperation)use).TargetMethod;
}
