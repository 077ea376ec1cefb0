namespace IoAsid.Typed.Tests;

/// <summary>The measurement of the allocations of warm code.</summary>
internal static class SteadyState
{
    private const int Rounds = 8;

    /// <summary>Returns the bytes that the calling thread allocates in the best of several rounds. In other rounds the runtime can replace code, or a buffer can grow.</summary>
    public static long AllocatedBy(Action round)
    {
        long least = long.MaxValue;
        for (int number = 0; number < Rounds && least > 0; number++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            round();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
