using PageWalk;

namespace IoAsid.Typed.Samples.Tests;

public sealed class PageWalkTests
{
    [Fact]
    public void Output_is_that_of_the_page()
    {
        using StringWriter output = new();

        Program.Play(output, Stream.Null);

        ExpectedOutput.Equal("PageWalk", output.ToString());
    }

    [Fact]
    public void The_picture_in_the_concepts_is_one_that_it_prints()
    {
        string picture = new MarkdownPage("docs/concepts/vtd-tables.md").Blocks("text").Single(block => block.StartsWith("write of", StringComparison.Ordinal));

        Assert.Contains(string.Join('\n', picture.Split('\n').Select(line => $"   {line}")), ExpectedOutput.Read("PageWalk"), StringComparison.Ordinal);
    }

    [Fact]
    public void Trace_joins_requests_with_responses_and_completions() => Trace().AssertFlows();

    [Fact]
    public void Its_trace_has_a_track_for_each_party_unit_and_device() => Assert.Superset(
        new HashSet<string> { "machine", "processor", "hardware", "dmar0", "unit", "00:02.0", "device" }, Trace().Tracks);

    private static TraceFile Trace() => TraceFile.Of(trace => Program.Play(TextWriter.Null, trace));
}
