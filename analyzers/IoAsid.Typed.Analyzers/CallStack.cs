using System.Runtime.CompilerServices;

namespace IoAsid.Typed.Analyzers;

/// <summary>The stack of the running thread. A recursion over code is as deep as the code is nested, and code can be nested deeper than a stack reaches.</summary>
internal static class CallStack
{
    /// <summary>Returns true if a recursion can go one level deeper. If not, it must answer as for code about which nothing is known.</summary>
    public static bool HasRoom()
    {
        try
        {
            RuntimeHelpers.EnsureSufficientExecutionStack();
            return true;
        }
        catch (InsufficientExecutionStackException)
        {
            return false;
        }
    }
}
