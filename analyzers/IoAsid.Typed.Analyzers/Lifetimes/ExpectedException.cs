using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace IoAsid.Typed.Analyzers.Lifetimes;

/// <summary>Code that catches what a use after the end throws expects it, and shows or tests it.</summary>
internal static class ExpectedException
{
    public static bool IsCaughtAround(BasicBlock block)
    {
        for (ControlFlowRegion region = block.EnclosingRegion; region.EnclosingRegion is { } outer; region = outer)
        {
            if (region.Kind == ControlFlowRegionKind.Try && outer.NestedRegions.Any(handler => IsOfEnd(handler.ExceptionType)))
                return true;
        }

        return false;
    }

    private static bool IsOfEnd(ITypeSymbol? exception) =>
        exception?.Name is "StaleIoAsidException" or "ObjectDisposedException" or "InvalidOperationException";
}
