namespace IoAsid.Typed.Emulation.Tests;

/// <summary>Measures what code allocates once it is warm.</summary>
internal static class SteadyState
{
    private const int Rounds = 8;

    /// <summary>The bytes that the calling thread allocates in the best of some rounds: in the others the runtime may have replaced code, or a buffer may have grown.</summary>
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
