using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>A hold, a reference, a binding or an object that lasts until its disposal, and the call that takes it.</summary>
internal sealed class Acquisition
{
    private Acquisition(FlowSite site, IInvocationOperation call, LifetimeAction action, IdOrigin? id)
    {
        Site = site;
        Call = call;
        Action = action;
        Id = id;
    }

    public FlowSite Site { get; }

    public IInvocationOperation Call { get; }

    public LifetimeAction Action { get; }

    /// <summary>The id that is held, if it is known.</summary>
    public IdOrigin? Id { get; }

    /// <summary>Gets a value indicating whether the call returns it, rather than giving it out by a parameter.</summary>
    public bool IsResult => Action != LifetimeAction.TryHold;

    /// <summary>The place that a call gives the reference to, if it gives one out.</summary>
    public IOperation? Target => IsResult ? null : Call.Arguments.FirstOrDefault(argument => argument.Parameter?.RefKind == RefKind.Out)?.Value;

    public static Acquisition? At(FlowSite site, FlowGraph graph, LifetimeMembers members)
    {
        if (site.Operation is not IInvocationOperation call || call.TargetMethod.ContainingType.TypeKind == TypeKind.Error)
            return null;

        LifetimeAction action = members.Of(call.TargetMethod);
        return action switch
        {
            LifetimeAction.Hold or LifetimeAction.TryHold => new Acquisition(site, call, action, IdGivenTo(call, graph, members)),
            LifetimeAction.Bind => new Acquisition(site, call, action, IdOrigin.OfHandle(call.Instance, graph, members.Sdk)),
            LifetimeAction.Begin => new Acquisition(site, call, action, id: null),
            _ => null,
        };
    }

    private static IdOrigin? IdGivenTo(IInvocationOperation call, FlowGraph graph, LifetimeMembers members) =>
        call.Arguments.FirstOrDefault(argument => members.Sdk.RawId.Is(argument.Parameter?.Type)) is { } id && members.Sdk.IsSetOrReader(call.TargetMethod.ContainingType)
            ? IdOrigin.OfNumber(id.Value, graph, members.Sdk)
            : null;
}
