using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using QuickStart;
using QuickStart.RunTime;

namespace IoAsid.Typed.Samples.Tests;

public sealed class QuickStartTests
{
    public static TheoryData<string> Mistakes => [.. Mistake.All().Select(mistake => mistake.FileName)];

    [Fact]
    public async Task The_quick_start_prints_what_its_page_says()
    {
        await using StringWriter output = new();

        await Program.PlayAsync(output);

        ExpectedOutput.Equal("QuickStart", output.ToString());
    }

    [Fact]
    public void The_run_time_side_alone_prints_the_same()
    {
        using StringWriter output = new();

        RunTimeSide.Play(output);

        ExpectedOutput.Equal("QuickStart.RunTime", output.ToString());
    }

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task A_mistake_is_reported_once_and_its_repair_not_at_all(string fileName)
    {
        Mistake mistake = Mistake.All().Single(candidate => candidate.FileName == fileName);

        ImmutableArray<Diagnostic> reported = await SampleCompiler.JudgeAsync(mistake.CompileMistake());

        Diagnostic diagnostic = Assert.Single(reported);
        Assert.Equal("#if MISTAKE", mistake.Line(diagnostic.Location.GetLineSpan().StartLinePosition.Line - 1).Trim());
        Assert.Empty(await SampleCompiler.JudgeAsync(mistake.CompileRepair()));
    }
}
