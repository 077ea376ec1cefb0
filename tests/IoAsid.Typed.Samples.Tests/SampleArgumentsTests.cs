using Samples;

namespace IoAsid.Typed.Samples.Tests;

public sealed class SampleArgumentsTests
{
    public static TheoryData<string, ulong, string?> Right => new()
    {
        { "", 1, null },
        { "--seed 0", 0, null },
        { "run.trace.json", 1, "run.trace.json" },
        { "--seed 7 run.trace.json", 7, "run.trace.json" },
    };

    [Theory]
    [MemberData(nameof(Right))]
    public void A_seed_and_a_file_are_taken_and_both_may_be_left_out(string line, ulong seed, string? file)
    {
        SampleArguments? taken = null;

        Assert.Equal(0, SampleArguments.Play(Split(line), arguments => taken = arguments));
        Assert.Equal(new SampleArguments(seed, file), taken);
    }

    [Theory]
    [InlineData("--seed")]
    [InlineData("--seed -1")]
    [InlineData("--seed many")]
    [InlineData("--speed 1")]
    [InlineData("run.trace.json --seed 1")]
    [InlineData("one two")]
    public void Anything_else_is_refused_and_nothing_is_played(string line) =>
        Assert.Equal(2, SampleArguments.Play(Split(line), _ => Assert.Fail("It was played.")));

    private static string[] Split(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
