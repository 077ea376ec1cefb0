namespace IoAsid.Typed.Benchmarks.Ratios;

/// <summary>One quantity, measured in several runs.</summary>
internal sealed class Sample
{
    private readonly double[] _sorted;

    /// <param name="values">The value of each run, in the order of the runs.</param>
    public Sample(IEnumerable<double> values)
    {
        Values = [.. values];
        if (Values.Count == 0)
            throw new ArgumentException("A sample needs at least one run.", nameof(values));
        _sorted = [.. Values.Order()];
    }

    /// <summary>The value of each run, in the order of the runs.</summary>
    public IReadOnlyList<double> Values { get; }

    public int Runs => Values.Count;

    /// <summary>The middle value, or the mean of the two middle values of an even number of runs.</summary>
    public double Median => (_sorted[(Runs - 1) / 2] + _sorted[Runs / 2]) / 2;

    /// <summary>The lower quartile. With fewer than five runs it is the smallest value.</summary>
    public double Low => _sorted[(Runs - 1) / 4];

    /// <summary>The upper quartile. With fewer than five runs it is the largest value.</summary>
    public double High => _sorted[Runs - 1 - (Runs - 1) / 4];

    /// <summary>The distance between the quartiles, as a fraction of the median. With fewer than five runs an outlier counts.</summary>
    public double Spread => High == Low ? 0 : (High - Low) / Math.Abs(Median);

    /// <summary>Returns the sample of a quantity that does not vary, such as a number of bytes.</summary>
    public static Sample Exact(double value) => new([value]);

    /// <summary>Returns the sum of several quantities in each run.</summary>
    public static Sample Sum(IEnumerable<Sample> samples) => samples.Aggregate((sum, next) => sum.With(next, (one, other) => one + other));

    /// <summary>Returns this quantity divided by another one of the same run. A disturbance of a run affects both.</summary>
    public Sample Over(Sample other) => With(other, (ours, theirs) => ours / theirs);

    public Sample Map(Func<double, double> convert) => new(Values.Select(convert));

    private Sample With(Sample other, Func<double, double, double> combine) => Runs == other.Runs
        ? new Sample(Values.Zip(other.Values, combine))
        : throw new ArgumentException($"{Runs} runs cannot be compared with {other.Runs} other ones.", nameof(other));
}
