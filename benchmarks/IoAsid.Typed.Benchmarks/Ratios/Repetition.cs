namespace IoAsid.Typed.Benchmarks.Ratios;

/// <summary>The repetition of runs until their times and ratios agree.</summary>
internal static class Repetition
{
    public const int FewestRuns = 3;
    public const int MostRuns = 9;

    /// <summary>The spread above which a row is measured again, as a fraction of the median.</summary>
    public const double Scatter = 0.20;

    /// <param name="run">The function that measures all contenders once.</param>
    /// <returns>The sample of each contender.</returns>
    public static Sample[] Of(Func<double[]> run)
    {
        List<double[]> runs = [];
        Sample[] samples = [];
        while (runs.Count < FewestRuns || (runs.Count < MostRuns && Scatters(samples)))
        {
            runs.Add(run());
            samples = [.. Enumerable.Range(0, runs[0].Length).Select(contender => new Sample(runs.Select(times => times[contender])))];
        }

        return samples;
    }

    public static bool Scatters(Sample sample) => sample.Spread > Scatter;

    // A row shows times and their ratio, and any two contenders may share a row.
    private static bool Scatters(Sample[] contenders) =>
        Array.Exists(contenders, Scatters) || Array.Exists(contenders, ours => Array.Exists(contenders, theirs => Scatters(ours.Over(theirs))));
}
