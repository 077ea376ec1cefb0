using IoAsid.Typed.Benchmarks.Ratios;

namespace IoAsid.Typed.Benchmarks.Tests;

public sealed class RepetitionTests
{
    [Theory]
    [InlineData("100 101 99", 3)]
    [InlineData("100 119 100", 3)]
    [InlineData("100 121 100 100 100", 5)]
    [InlineData("100 300 100 100 100 100", 5)]
    [InlineData("1 2 3 4 5 6 7 8 9 10 11", 9)]
    public void One_contender_is_measured_until_its_times_agree(string times, int runs) =>
        Assert.Equal(runs, Assert.Single(Repeat(times.Split(' ').Select(time => new[] { double.Parse(time) }))).Runs);

    [Fact]
    public void Times_that_scatter_are_measured_again_though_their_ratio_agrees()
    {
        Sample[] samples = Repeat([[100, 50], [200, 100], [100, 50], [100, 50], [100, 50]]);

        Assert.Equal([100, 200, 100, 100, 100], samples[0].Values);
        Assert.Equal([50, 100, 50, 50, 50], samples[1].Values);
    }

    [Fact]
    public void Ratios_that_scatter_are_measured_again_though_their_times_agree()
    {
        Sample[] samples = Repeat([[100, 115, 100], [115, 100, 100], [100, 100, 100], [100, 100, 100], [100, 100, 100]]);

        Assert.All(samples, sample => Assert.Equal(5, sample.Runs));
    }

    private static Sample[] Repeat(IEnumerable<double[]> times)
    {
        Queue<double[]> left = new(times);
        return Repetition.Of(left.Dequeue);
    }
}
