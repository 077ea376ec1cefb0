namespace IoAsid.Typed.Core;

/// <summary>
/// The substitute for the SDK's protection of waits. The test engine ends the threads of an interleaving by an exception of an interrupted wait. The original would repeat
/// the wait without end, and its thread would take the time of the interleavings that follow.
/// </summary>
internal static class Uninterrupted
{
    public static TResult Run<TTarget, TArgument, TResult>(TTarget target, TArgument argument, Func<TTarget, TArgument, TResult> action) => action(target, argument);
}
