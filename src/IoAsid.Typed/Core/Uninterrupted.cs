namespace IoAsid.Typed.Core;

/// <summary>
/// The protection of waits that <see cref="System.Threading.Thread.Interrupt"/> must not end half-way. The interrupt is kept and requested again afterwards, so it reaches the next
/// interruptible wait of the caller.
/// </summary>
internal static class Uninterrupted
{
    /// <summary>Runs an action again until no interrupt ends it. The action must be repeatable up to the point at which it can wait.</summary>
    public static TResult Run<TTarget, TArgument, TResult>(TTarget target, TArgument argument, Func<TTarget, TArgument, TResult> action)
    {
        bool interrupted = false;
        try
        {
            while (true)
            {
                try
                {
                    FaultPoint.Wait();
                    return action(target, argument);
                }
                catch (ThreadInterruptedException)
                {
                    interrupted = true;
                }
            }
        }
        finally
        {
            if (interrupted)
                Thread.CurrentThread.Interrupt();
        }
    }
}
