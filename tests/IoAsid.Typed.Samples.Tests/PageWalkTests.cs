using System.Globalization;
using System.Text.RegularExpressions;
using PageWalk;

namespace IoAsid.Typed.Samples.Tests;

public sealed partial class PageWalkTests
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

        Assert.Contains(string.Join('\n', picture.Split('\n').Select(line => $"   {line}")), Expand(ExpectedOutput.Read("PageWalk")), StringComparison.Ordinal);
    }

    [Fact]
    public void Entries_at_the_beginning_of_most_walks_are_shown_once() =>
        Assert.Single(ExpectedOutput.Read("PageWalk").Split('\n'), line => line.Contains("Scalable root entry", StringComparison.Ordinal));

    // Replaces each line that counts the entries shared with the first walk by these entries, as on the page.
    private static string Expand(string output)
    {
        string[] first = [.. output.Split('\n').SkipWhile(line => !line.StartsWith("   |  root table", StringComparison.Ordinal)).TakeWhile(line => !line.StartsWith("   = ", StringComparison.Ordinal))];
        int[] entries = [.. first.Index().Where(line => line.Item.StartsWith("   +- ", StringComparison.Ordinal)).Select(line => line.Index)];
        return Shared().Replace(output, shared => string.Join('\n', first[..entries[int.Parse(shared.Groups["entries"].Value, CultureInfo.InvariantCulture)]]));
    }

    [GeneratedRegex("^   [|]  the first (?<entries>[0-9]+) entries are those of the first walk$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Shared();

    [Fact]
    public void Trace_joins_requests_with_responses_and_completions() => Trace().AssertFlows();

    [Fact]
    public void Trace_has_a_track_for_each_unit_and_device() => Assert.Superset(
        new HashSet<string> { "machine", "processor", "hardware", "dmar0", "unit", "00:02.0", "device" }, Trace().Tracks);

    private static TraceFile Trace() => TraceFile.Of(trace => Program.Play(TextWriter.Null, trace));
}
