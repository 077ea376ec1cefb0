using System.Text.Json;

namespace IoAsid.Typed.Samples.Tests;

/// <summary>A Chrome trace-event file that a sample wrote.</summary>
internal sealed class TraceFile
{
    private readonly JsonElement[] _events;

    private TraceFile(byte[] bytes) => _events = [.. JsonDocument.Parse(bytes).RootElement.EnumerateArray()];

    public static TraceFile Of(Action<Stream> play)
    {
        using MemoryStream trace = new();
        play(trace);
        return new TraceFile(trace.ToArray());
    }

    public HashSet<string> Tracks =>
        [.. _events.Where(item => Text(item, "ph") == "M").Select(item => Text(item.GetProperty("args"), "name"))];

    /// <summary>Returns the names of all events of a phase.</summary>
    public IEnumerable<string> Names(string phase) => _events.Where(item => Text(item, "ph") == phase).Select(item => Text(item, "name"));

    /// <summary>Asserts that arrows join page requests with responses and invalidations with completions, and that each arrow has a start and an end.</summary>
    public void AssertFlows()
    {
        JsonElement[] flows = [.. _events.Where(item => Text(item, "ph") is "s" or "f")];
        Assert.Contains(flows, item => Text(item, "name") == "page request to response");
        Assert.Contains(flows, item => Text(item, "name") == "invalidation to completion");
        Assert.All(
            flows.GroupBy(item => item.GetProperty("id").GetInt32()),
            flow => Assert.Equal(["s", "f"], flow.Select(item => Text(item, "ph"))));
    }

    private static string Text(JsonElement item, string name) => item.GetProperty(name).GetString()!;
}
