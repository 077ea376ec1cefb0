using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>
/// The uses of any handle, hold or reference where control may come after a free or release: behind it in the code, or in a loop with it. A quick look, which does
/// not ask which one it uses.
/// </summary>
internal static class LaterUse
{
    public static bool IsAfterAny(IEnumerable<IOperation> ends, SdkSymbols sdk)
    {
        IOperation? first = null;
        foreach (IOperation end in ends)
        {
            IOperation start = OutermostLoop(end) ?? end;
            if (first is null || start.Syntax.SpanStart < first.Syntax.SpanStart)
                first = start;
        }

        return first is not null && IsAfter(first, sdk);
    }

    private static bool IsAfter(IOperation start, SdkSymbols sdk)
    {
        if (start is ILoopOperation && start.Descendants().Any(operation => IsUseOrJump(operation, sdk)))
            return true;

        for (IOperation inner = start; inner.Parent is { } outer; inner = outer)
        {
            // What a call is given comes before the call itself.
            if (EndedUse.Of(outer, sdk) is not null)
                return true;

            bool isBehind = false;
            foreach (IOperation child in outer.ChildOperations)
            {
                if (isBehind && child.DescendantsAndSelf().Any(operation => IsUseOrJump(operation, sdk)))
                    return true;

                isBehind |= child == inner;
            }
        }

        return false;
    }

    /// <summary>Returns true if an operation is a use, or a jump, which may lead back to before the end.</summary>
    private static bool IsUseOrJump(IOperation operation, SdkSymbols sdk) =>
        operation is IBranchOperation { BranchKind: BranchKind.GoTo } || EndedUse.Of(operation, sdk) is not null;

    private static IOperation? OutermostLoop(IOperation operation)
    {
        IOperation? outermost = null;
        for (IOperation? outer = operation.Parent; outer is not null; outer = outer.Parent)
            outermost = outer is ILoopOperation ? outer : outermost;

        return outermost;
    }
}
