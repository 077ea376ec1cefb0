using System.Runtime.ExceptionServices;

namespace IoAsid.Typed.Attack.Harness;

/// <summary>Threads that make moves in one arena at the same time.</summary>
internal static class Attack
{
    /// <summary>Runs one thread for each move, which repeats the move, then audits the arena.</summary>
    /// <param name="moves">The moves, one per thread.</param>
    /// <param name="seed">The seed of the random choices of numbers and data.</param>
    /// <param name="goesOn">The condition for the next move, which each thread calls with the count of its moves.</param>
    /// <param name="setting">The setting of the arena's spaces.</param>
    /// <param name="interrupt">Whether the threads are interrupted all the time.</param>
    /// <returns>The number of mixed handles that the threads used.</returns>
    /// <exception cref="BrokenPromiseException">A promise of the SDK was broken.</exception>
    public static int Run(IReadOnlyList<Action<Arena, Random>> moves, int seed, Func<int, bool> goesOn, Setting setting, bool interrupt = false)
    {
        using Arena arena = new(setting);
        int started = 0;
        Exception? broken = null;
        Thread[] threads =
        [
            .. moves.Select((move, index) => new Thread(() =>
            {
                Random random = new(seed + index);
                Interlocked.Increment(ref started);
                YieldUntilStarted();
                for (int count = 0; Volatile.Read(ref broken) is null && goesOn(count); count++)
                {
                    if (MakeOne(arena, random, move) is { } thrown)
                        Interlocked.CompareExchange(ref broken, thrown, null);
                }
            })),
        ];
        Array.ForEach(threads, thread => thread.Start());

        YieldUntilStarted();
        while (interrupt && threads.Any(thread => thread.IsAlive))
        {
            Array.ForEach(threads, thread => thread.Interrupt());
            Thread.Yield();
        }

        Array.ForEach(threads, thread => thread.Join());
        if (broken is not null)
            ExceptionDispatchInfo.Throw(broken);

        arena.Audit();
        return arena.Mixtures;

        // The threads yield in place of a wait, because an interrupt must only end waits inside the SDK.
        void YieldUntilStarted()
        {
            while (Volatile.Read(ref started) < moves.Count)
                Thread.Yield();
        }
    }

    /// <summary>Makes one move. Returns the broken promise, or null. A documented refusal breaks no promise.</summary>
    private static Exception? MakeOne(Arena arena, Random random, Action<Arena, Random> move)
    {
        try
        {
            move(arena, random);
            return null;
        }
#pragma warning disable CA1031 // Everything that is not a refusal is a broken promise.
        catch (Exception thrown)
#pragma warning restore CA1031
        {
            return Judge(thrown);
        }
    }

    /// <summary>Returns null for a refusal. Describing an exception can wait for a lock of the runtime, so it is repeated until no interrupt ends it.</summary>
    private static Exception? Judge(Exception thrown)
    {
        while (true)
        {
            try
            {
                return IsRefusal(thrown)
                    ? null
                    : thrown as BrokenPromiseException ?? new BrokenPromiseException($"{thrown.GetType().Name} came out of the SDK: {thrown}");
            }
            catch (ThreadInterruptedException)
            {
                // The loop judges the exception again.
            }
        }
    }

    /// <summary>Returns true if the SDK itself threw the exception; false for exceptions of the collections inside it.</summary>
    private static bool IsRefusal(Exception thrown) =>
        thrown is StaleIoAsidException or IoAsidAllocationException or IoAsidQuotaException
        || IsInterruptOfText(thrown)
        || (thrown is InvalidOperationException or ArgumentException
            && thrown.StackTrace?.TrimStart().StartsWith("at IoAsid.Typed.", StringComparison.Ordinal) == true);

    /// <summary>
    /// Returns true if an interrupt ended the runtime's own wait for a buffer, which every interpolated string needs, or for the text of an exception. The audit still requires that
    /// nothing is lost.
    /// </summary>
    private static bool IsInterruptOfText(Exception thrown) =>
        thrown is ThreadInterruptedException
        && thrown.StackTrace!.Split('\n')
            .TakeWhile(frame => frame.Contains("at System.", StringComparison.Ordinal))
            .Any(frame => frame.Contains("at System.Buffers.", StringComparison.Ordinal) || frame.Contains("at System.SR.", StringComparison.Ordinal));
}
