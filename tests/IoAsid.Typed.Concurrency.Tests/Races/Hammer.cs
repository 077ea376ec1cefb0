using System.Diagnostics;

namespace IoAsid.Typed.Concurrency.Tests.Races;

/// <summary>A loop over bodies, each in a thread of its own, that counts wrong answers.</summary>
/// <remarks>
/// Each test runs for <c>IOASID_RACE_SECONDS</c> (default 0.3). With <c>IOASID_RACE_SECONDS=240</c>, all tests together run for an hour. Thread schedules
/// cannot be seeded. <c>IOASID_RACE_SEED</c> (default 1) seeds the random choices of the bodies.
/// </remarks>
internal sealed class Hammer
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(Setting.Of("IOASID_RACE_SECONDS", 0.3));
    private static readonly int Seed = (int)Setting.Of("IOASID_RACE_SEED", 1);

    private long _wrong;
    private string? _first;
    private volatile bool _over;

    /// <summary>Counts a wrong answer unless the condition holds.</summary>
    public void Expect(bool holds, string failure)
    {
        if (!holds)
        {
            Interlocked.Increment(ref _wrong);
            Interlocked.CompareExchange(ref _first, failure, null);
        }
    }

    /// <summary>Runs the bodies until the time is up, and asserts that no answer was wrong and each body ran more than once.</summary>
    public void Run(params Action<Random>[] bodies)
    {
        long[] rounds = new long[bodies.Length];
        Thread[] threads = [.. bodies.Select((body, i) => new Thread(() => Repeat(body, new Random(Seed + i), ref rounds[i])))];
        Array.ForEach(threads, thread => thread.Start());
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < Duration || (rounds.Any(done => done < 2) && _first is null))
            Thread.Sleep(5);

        _over = true;
        Array.ForEach(threads, thread => thread.Join());
        TestContext.Current.TestOutputHelper?.WriteLine($"{rounds.Sum():N0} rounds, {_wrong:N0} wrong");
        Assert.True(_wrong == 0, $"{_wrong:N0} wrong answers in {rounds.Sum():N0} rounds; the first: {_first}");
    }

    private void Repeat(Action<Random> body, Random random, ref long rounds)
    {
        while (!_over)
        {
            try
            {
                body(random);
            }
            catch (Exception thrown)
            {
                Expect(holds: false, thrown.ToString());
                return;
            }

            Volatile.Write(ref rounds, rounds + 1);
        }
    }
}
