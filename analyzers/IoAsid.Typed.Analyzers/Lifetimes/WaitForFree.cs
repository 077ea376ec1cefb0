using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>The <c>FreeAsync</c> that an operation waits for, without a limit of time.</summary>
internal static class WaitForFree
{
    private const int Depth = 6;

    public static IInvocationOperation? Of(IOperation operation, FlowGraph graph, LifetimeMembers members) => operation switch
    {
        IAwaitOperation wait => FreeBehind(wait.Operation, graph, members, Depth),
        IInvocationOperation { TargetMethod.Name: "Wait", Instance: { } task } call when !HasLimit(call) => FreeBehind(task, graph, members, Depth),
        IInvocationOperation { TargetMethod: { Name: "GetResult", Parameters.IsEmpty: true }, Instance: { } awaiter } => FreeBehind(awaiter, graph, members, Depth),
        _ => null,
    };

    private static bool HasLimit(IInvocationOperation call) =>
        call.TargetMethod.Parameters.Any(parameter => !string.Equals(parameter.Type.Name, nameof(CancellationToken), StringComparison.Ordinal));

    private static IInvocationOperation? FreeBehind(IOperation? task, FlowGraph graph, LifetimeMembers members, int depth) => task switch
    {
        _ when depth == 0 => null,
        IConversionOperation { OperatorMethod: null } conversion => FreeBehind(conversion.Operand, graph, members, depth - 1),
        IInvocationOperation { TargetMethod.Name: "ConfigureAwait" or "GetAwaiter", Instance: { } inner } => FreeBehind(inner, graph, members, depth - 1),
        IInvocationOperation { TargetMethod.Name: "FreeAsync" } free when members.Of(free) == LifetimeAction.Free => free,
        _ when Slot.Of(task) is { } slot && graph.Owns(slot) => FreeBehind(graph.Definitions.ValueOf(slot), graph, members, depth - 1),
        _ => null,
    };
}
