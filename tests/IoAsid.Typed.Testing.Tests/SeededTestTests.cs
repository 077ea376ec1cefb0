namespace IoAsid.Typed.Testing.Tests;

public sealed class SeededTestTests
{
    [Fact]
    public void Test_runs_once_for_each_seed_from_1()
    {
        List<ulong> seeds = [];

        SeededTest.Run(seeds: 3, seeds.Add, replay: null);

        Assert.Equal([1UL, 2UL, 3UL], seeds);
    }

    [Fact]
    public void Failure_names_its_seed_and_the_way_to_replay_it()
    {
        SeededTestException failure = Assert.Throws<SeededTestException>(() => SeededTest.Run(seeds: 9, seed => Assert.NotEqual(7UL, seed), replay: null));

        Assert.Equal(7UL, failure.Seed);
        Assert.Contains("seed 7. Set IOASID_SEED=7 to run this seed only.", failure.Message, StringComparison.Ordinal);
        Assert.IsType<Xunit.Sdk.NotEqualException>(failure.InnerException);
    }

    [Fact]
    public void Replay_runs_the_named_seed_only()
    {
        List<ulong> seeds = [];

        SeededTest.Run(seeds: 3, seeds.Add, replay: "18446744073709551615");

        Assert.Equal([ulong.MaxValue], seeds);
    }

    [Fact]
    public void Replay_of_no_number_is_refused() =>
        Assert.Contains("IOASID_SEED is 'many'", Assert.Throws<FormatException>(() => SeededTest.Run(seeds: 3, _ => { }, replay: "many")).Message, StringComparison.Ordinal);
}
