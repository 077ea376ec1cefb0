using OwnDevice;

namespace IoAsid.Typed.Samples.Tests;

/// <summary>The sample with a custom device, and the page about it.</summary>
public sealed class OwnDeviceTests
{
    private static readonly MarkdownPage s_page = new("docs/own-device.md");

    public static TheoryData<string> Excerpts => [.. s_page.Blocks("csharp")];

    [Fact]
    public void Output_is_that_of_the_page()
    {
        string output = Play(seed: 1, Stream.Null);

        ExpectedOutput.Equal("OwnDevice", output);
        Assert.Equal(output.TrimEnd('\n'), Assert.Single(s_page.Blocks("console")));
    }

    [Fact]
    public void Output_is_the_same_for_each_seed() =>
        Assert.All(Enumerable.Range(2, 5), seed => Assert.Equal(Play(seed: 1, trace: null), Play((ulong)seed, trace: null)));

    [Theory]
    [MemberData(nameof(Excerpts))]
    public void Code_of_the_page_is_that_of_the_sample(string excerpt) => Assert.Contains(
        WorkingTree.Files("samples/OwnDevice", "*.cs").Concat(WorkingTree.Files("samples/OwnDevice.Tests", "*.cs")),
        file => File.ReadAllText(file).ReplaceLineEndings("\n").Contains(excerpt, StringComparison.Ordinal));

    [Fact]
    public void Trace_shows_the_steps_that_the_device_names()
    {
        TraceFile trace = TraceFile.Of(stream => Play(seed: 1, stream));

        Assert.Superset(new HashSet<string> { "processor", "hardware", "dmar0", "00:03.0" }, trace.Tracks);
        Assert.Contains(trace.Names("X"), name => name.StartsWith("00:03.0 stops PASID ", StringComparison.Ordinal));
    }

    private static string Play(ulong seed, Stream? trace)
    {
        using StringWriter output = new();
        Program.Play(output, seed, trace);
        return output.ToString().ReplaceLineEndings("\n");
    }
}
