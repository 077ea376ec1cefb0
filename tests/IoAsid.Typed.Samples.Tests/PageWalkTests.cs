using System.Text.Json;
using PageWalk;

namespace IoAsid.Typed.Samples.Tests;

public sealed class PageWalkTests
{
    [Fact]
    public void It_prints_what_its_page_says()
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
    public void Its_trace_joins_page_requests_with_responses_and_invalidations_with_completions()
    {
        JsonElement[] flows = [.. Play().RootElement.EnumerateArray().Where(item => Text(item, "ph") is "s" or "f")];

        Assert.Contains(flows, item => Text(item, "name") == "page request to response");
        Assert.Contains(flows, item => Text(item, "name") == "invalidation to completion");
        Assert.All(
            flows.GroupBy(item => item.GetProperty("id").GetInt32()),
            flow => Assert.Equal(["s", "f"], flow.Select(item => Text(item, "ph"))));
    }

    [Fact]
    public void Its_trace_has_a_track_for_each_party_unit_and_device()
    {
        HashSet<string> expected = ["machine", "processor", "hardware", "dmar0", "unit", "00:02.0", "device"];
        HashSet<string> names = [.. Play().RootElement.EnumerateArray()
            .Where(item => Text(item, "ph") == "M")
            .Select(item => Text(item.GetProperty("args"), "name"))];

        Assert.Superset(expected, names);
    }

    private static JsonDocument Play()
    {
        using MemoryStream trace = new();
        Program.Play(TextWriter.Null, trace);
        return JsonDocument.Parse(trace.ToArray());
    }

    private static string Text(JsonElement item, string name) => item.GetProperty(name).GetString()!;
}
