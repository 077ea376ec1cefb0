using System.Diagnostics;
using System.Runtime;

namespace IoAsid.Typed.Benchmarks.Ratios;

/// <summary>
/// The measurement of contenders in turn, so that other load on the machine affects all of them. The time of a run is the 10th percentile of its turns, because other load
/// can only make a turn slower. Runs are repeated until times and ratios agree.
/// </summary>
internal static class Interleaved
{
    private const int TurnsOfRun = 51;
    private const int CalibratingTurns = 5;
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(1);

    // The runtime counts calls only after 100 ms without a new method, in intervals of 100 ms. A shorter warm-up could end before a method is compiled again.
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(500);

    /// <param name="bodies">The contenders. Each runs the given number of operations.</param>
    /// <returns>Nanoseconds per operation, in the order of the bodies.</returns>
    public static Sample[] Nanoseconds(params Action<int>[] bodies) => Nanoseconds([.. bodies.Select(body => ((Action)(() => { }), body))]);

    /// <param name="turns">The contenders: an action before each turn, which is not measured, and the body that runs the given number of operations.</param>
    /// <returns>Nanoseconds per operation, in the order of the turns.</returns>
    public static Sample[] Nanoseconds(params (Action Before, Action<int> Body)[] turns) => Measure(operations: null, turns);

    /// <summary>Measures turns of the same number of operations, so that all contenders use the same amount of memory in a turn.</summary>
    /// <param name="operations">The number of operations of a turn.</param>
    /// <param name="turns">The contenders.</param>
    /// <returns>Nanoseconds per operation, in the order of the turns.</returns>
    public static Sample[] Nanoseconds(int operations, params (Action Before, Action<int> Body)[] turns) => Measure(operations, turns);

    private static Sample[] Measure(int? operations, (Action Before, Action<int> Body)[] turns)
    {
        // The calibration is the warm-up, too, so it also runs if the number of operations is given.
        int[] calibrated = [.. turns.Select(turn => Calibrate(turn.Body))];
        int[] counts = [.. calibrated.Select(count => operations ?? count)];
        return Repetition.Of(() => Run(turns, counts));
    }

    private static double[] Run((Action Before, Action<int> Body)[] turns, int[] counts)
    {
        double[][] times = [.. turns.Select(_ => new double[TurnsOfRun])];
        for (int round = 0; round < TurnsOfRun; round++)
        {
            for (int body = 0; body < turns.Length; body++)
            {
                turns[body].Before();
                times[body][round] = Time(turns[body].Body, counts[body]) / counts[body];
            }
        }

        return [.. times.Select(FastestTenth)];
    }

    /// <summary>
    /// Returns the number of operations in a turn. The body runs until no method was compiled for the warm-up time, because the runtime compiles methods again in the
    /// background, and later on a busy machine.
    /// </summary>
    public static int Calibrate(Action<int> body)
    {
        int count = 256;
        long settled = Stopwatch.GetTimestamp();
        long compiled = 0;
        int calls = 0;
        while (Stopwatch.GetElapsedTime(settled) < WarmUp || calls < 60)
        {
            double nanoseconds = Time(body, count);
            calls++;
            if (JitInfo.GetCompiledMethodCount() is var methods && methods != compiled)
                (compiled, settled) = (methods, Stopwatch.GetTimestamp());
            if (nanoseconds < Turn.TotalNanoseconds / 8)
                count *= 2;
        }

        // The count comes from the shortest of several turns. An interrupted turn would make it too small for the whole measurement.
        double each = Enumerable.Range(0, CalibratingTurns).Min(_ => Time(body, count)) / count;
        return Math.Max(1, (int)(Turn.TotalNanoseconds / each));
    }

    private static double Time(Action<int> body, int count)
    {
        long started = Stopwatch.GetTimestamp();
        body(count);
        return Stopwatch.GetElapsedTime(started).TotalNanoseconds;
    }

    private static double FastestTenth(double[] times) => times.Order().ElementAt(times.Length / 10);
}
