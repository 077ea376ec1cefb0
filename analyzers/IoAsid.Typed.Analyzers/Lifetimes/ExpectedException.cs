using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace IoAsid.Typed.Analyzers;

/// <summary>Code that catches the exception of a use after the end. Such code shows or tests the exception on purpose.</summary>
internal static class ExpectedException
{
    public static bool IsCaughtAround(BasicBlock block, FlowGraph graph) => graph.RegionsAround(block).Any(region =>
        region is { Kind: ControlFlowRegionKind.Try, EnclosingRegion: { } outer } && outer.NestedRegions.Any(handler => IsOfEnd(handler.ExceptionType)));

    private static bool IsOfEnd(ITypeSymbol? exception) =>
        exception?.Name is "StaleIoAsidException" or "ObjectDisposedException" or "InvalidOperationException";
}
