using IoAsid.Typed.Benchmarks.Ratios;

namespace IoAsid.Typed.Benchmarks.Tests;

public sealed class SampleTests
{
    [Theory]
    [InlineData(new double[] { 7 }, 7, 7, 7, 0)]
    [InlineData(new double[] { 9, 10 }, 9.5, 9, 10, 1 / 9.5)]
    [InlineData(new double[] { 12, 8, 10 }, 10, 8, 12, 0.4)]
    [InlineData(new double[] { 9, 100, 10, 11, 1 }, 10, 9, 11, 0.2)]
    [InlineData(new double[] { 1, 2, 3, 4, 5, 6, 7, 8, 9 }, 5, 3, 7, 0.8)]
    [InlineData(new double[] { 0, 0, 0 }, 0, 0, 0, 0)]
    [InlineData(new double[] { 0, 0, 1 }, 0, 0, 1, double.PositiveInfinity)]
    public void Figures_are_median_quartiles_and_their_distance(double[] values, double median, double low, double high, double spread)
    {
        Sample sample = new(values);

        Assert.Multiple(
            () => Assert.Equal(values, sample.Values),
            () => Assert.Equal(median, sample.Median),
            () => Assert.Equal(low, sample.Low),
            () => Assert.Equal(high, sample.High),
            () => Assert.Equal(spread, sample.Spread, precision: 12));
    }

    [Fact]
    public void Ratio_compares_values_of_one_run()
    {
        Sample ratio = new Sample([10, 40, 20]).Over(new Sample([5, 20, 10]));

        Assert.Equal([2, 2, 2], ratio.Values);
        Assert.Equal(0, ratio.Spread);
    }

    [Fact]
    public void Sum_adds_values_of_one_run() =>
        Assert.Equal([11, 22, 33], Sample.Sum([new Sample([1, 2, 3]), new Sample([10, 20, 30])]).Values);

    [Fact]
    public void Samples_of_different_runs_are_not_combined() =>
        Assert.Throws<ArgumentException>(() => new Sample([1, 2, 3]).Over(Sample.Exact(1)));

    [Fact]
    public void Sample_without_a_run_is_refused() => Assert.Throws<ArgumentException>(() => new Sample([]));
}
