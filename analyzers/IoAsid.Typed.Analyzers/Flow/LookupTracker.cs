using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>Follows the answer of one lookup and its data, on the paths where the lookup found data, or on those where it found nothing.</summary>
/// <param name="graph">The function.</param>
/// <param name="lookup">The call of <c>Find</c>, <c>TryFind</c>, <c>TryResolve</c> or <c>Contains</c>, in the graph.</param>
/// <param name="isFound">Whether the lookup found something on the paths that are followed.</param>
/// <param name="sdk">The SDK's types.</param>
internal abstract class LookupTracker(FlowGraph graph, IInvocationOperation lookup, bool isFound, SdkSymbols sdk) : Tracker(graph)
{
    protected IInvocationOperation Lookup => lookup;

    /// <summary>Gets a value indicating whether the lookup found something on the paths that are followed.</summary>
    protected bool IsFound => isFound;

    protected SdkSymbols Sdk => sdk;

    /// <summary>Gets a value indicating whether the call returns the data by a parameter.</summary>
    protected bool GivesOut => lookup.TargetMethod.Name is "TryFind" or "TryResolve";

    /// <summary>The place that the data is given out to, or null.</summary>
    protected IOperation? GivenOutTo => lookup.Arguments.FirstOrDefault(argument => argument.Parameter?.RefKind == RefKind.Out)?.Value;

    public override bool Carries(FlowPath path, IOperation? expression) => expression switch
    {
        _ when !CallStack.HasRoom() => false,
        IInvocationOperation when expression == lookup => !GivesOut && IsCurrent(path),
        IPropertyReferenceOperation { Property.Name: "Data", Instance: { } found } when sdk.Lookup.Is(found.Type) => Carries(path, found),
        IConversionOperation { OperatorMethod: null } conversion => Carries(path, conversion.Operand),
        _ => base.Carries(path, expression),
    };

    public override Known? ValueOf(FlowPath path, IOperation expression) => expression switch
    {
        IInvocationOperation when expression == lookup => IsCurrent(path) ? Answer : null,
        IIsPatternOperation or IBinaryOperation or IUnaryOperation => null,
        _ when Carries(path, expression) => ValueOf(expression),
        _ => null,
    };

    /// <summary>Returns true if the lookup still has this answer. A repeated lookup has another answer.</summary>
    protected virtual bool IsCurrent(FlowPath path) => true;

    /// <summary>Returns the bit of a name that keeps its value, or 0 if other code may write it.</summary>
    protected ulong BitOf(Slot slot) => Graph.Owns(slot) || Graph.IsSteady(slot) ? Names.BitFor(slot) : 0;

    private Known Answer => lookup.TargetMethod.Name is "Find" ? (isFound ? Known.Found : Known.Missing) : isFound ? Known.True : Known.False;

    private Known? ValueOf(IOperation value)
    {
        if (sdk.Lookup.Is(value.Type))
            return isFound ? Known.Found : Known.Missing;

        return value.Type is { IsReferenceType: true } ? (isFound ? Known.NotNull : Known.Null) : null;
    }
}
