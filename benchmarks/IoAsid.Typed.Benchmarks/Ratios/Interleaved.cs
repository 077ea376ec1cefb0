using System.Diagnostics;

namespace IoAsid.Typed.Benchmarks.Ratios;

/// <summary>
/// Measures contenders turn by turn, so that whatever disturbs the machine disturbs them all. The fastest tenth of the turns counts: what else the machine
/// does can only make a turn slower.
/// </summary>
internal static class Interleaved
{
    private const int Rounds = 151;
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(150);

    /// <param name="bodies">Each runs so many operations.</param>
    /// <returns>Nanoseconds per operation, in the order of the bodies.</returns>
    public static double[] Nanoseconds(params Action<int>[] bodies) => Nanoseconds([.. bodies.Select(body => ((Action)(() => { }), body))]);

    /// <param name="turns">What each needs before its turn, which is not measured, and what runs so many operations.</param>
    /// <returns>Nanoseconds per operation, in the order of the turns.</returns>
    public static double[] Nanoseconds(params (Action Before, Action<int> Body)[] turns)
    {
        Action<int>[] bodies = [.. turns.Select(turn => turn.Body)];
        int[] counts = [.. bodies.Select(Calibrate)];
        var times = new List<double>[bodies.Length];
        for (int body = 0; body < bodies.Length; body++)
        {
            times[body] = [];
        }

        for (int round = 0; round < Rounds; round++)
        {
            for (int body = 0; body < bodies.Length; body++)
            {
                turns[body].Before();
                times[body].Add(Time(bodies[body], counts[body]) / counts[body]);
            }
        }

        return [.. times.Select(FastestTenth)];
    }

    /// <summary>Long enough for the code to be compiled to the end: a method is recompiled in the background after calls and time.</summary>
    private static int Calibrate(Action<int> body)
    {
        int count = 256;
        long started = Stopwatch.GetTimestamp();
        int calls = 0;
        while (Stopwatch.GetElapsedTime(started) < WarmUp || calls < 60)
        {
            double nanoseconds = Time(body, count);
            calls++;
            if (nanoseconds < Turn.TotalNanoseconds / 8)
            {
                count *= 2;
            }
        }

        double each = Time(body, count) / count;
        return Math.Max(1, (int)(Turn.TotalNanoseconds / each));
    }

    private static double Time(Action<int> body, int count)
    {
        long started = Stopwatch.GetTimestamp();
        body(count);
        return Stopwatch.GetElapsedTime(started).TotalNanoseconds;
    }

    private static double FastestTenth(List<double> times)
    {
        times.Sort();
        return times[times.Count / 10];
    }
}
