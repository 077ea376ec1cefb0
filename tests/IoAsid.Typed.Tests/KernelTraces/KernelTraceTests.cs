using System.Text.Json.Nodes;

namespace IoAsid.Typed.Tests.KernelTraces;

/// <summary>The SDK behaves as the Linux kernel's allocator: every operation of every recording has the same result.</summary>
public sealed class KernelTraceTests(ITestOutputHelper output)
{
    private const string Header = """{"trace":"made-up","kind":"test","seed":1,"source":"this test","sets":["A"]}""";

    [Theory]
    [InlineData(TraceLayout.Roots)]
    [InlineData(TraceLayout.Subsets)]
    public void Every_line_of_every_trace_agrees(TraceLayout layout)
    {
        Dictionary<string, int> counts = [];
        foreach (KernelTrace trace in KernelTrace.ReadAll(KernelTrace.Folder))
            Assert.Empty(Replay(trace, layout, counts));

        output.WriteLine($"{counts.Values.Sum()} operations agree: {string.Join(", ", counts.Select(kind => $"{kind.Value} {kind.Key}"))}");
    }

    [Theory]
    [InlineData("""{"op":"alloc","set":"A","min":5,"max":9,"data":1,"result":6}""", "op=\"alloc\" set=\"A\" min=5 max=9 data=1; expected {\"result\":6}, got {\"result\":5}")]
    [InlineData("""{"op":"put","id":5,"result":true}""", "op=\"put\" id=5; expected {\"result\":true}, got {\"result\":false}")]
    [InlineData("""{"op":"register","name":"echo","result":"EEXIST"}""", "op=\"register\" name=\"echo\"; expected {\"result\":\"EEXIST\"}, got {\"result\":0}")]
    public void A_line_that_disagrees_is_reported_with_its_place(string line, string report)
    {
        KernelTrace trace = KernelTrace.Parse("made-up", [Header, """{"op":"get","id":5,"warn":true}""", line]);

        Assert.Equal($"made-up line 3: {report}", Assert.Single(Replay(trace, TraceLayout.Roots, [])));
    }

    [Fact]
    public void A_kind_of_operation_that_the_adaptor_does_not_know_is_not_skipped()
    {
        KernelTrace trace = KernelTrace.Parse("made-up", [Header, """{"op":"swap","id":5}"""]);

        Assert.Throws<InvalidDataException>(() => Replay(trace, TraceLayout.Roots, []));
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("notes.txt", "no trace")]
    [InlineData("empty.jsonl", "")]
    [InlineData("header-only.jsonl", Header)]
    [InlineData("torn.jsonl", Header + "\n{\"op\":\"put\",\"id\":")]
    [InlineData("damaged.jsonl.gz", "not compressed")]
    public void A_folder_without_readable_traces_is_refused(string? file, string? content)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("kernel-traces");
        try
        {
            if (file is not null)
                File.WriteAllText(Path.Combine(folder.FullName, file), content);

            Assert.Throws<InvalidDataException>(() => KernelTrace.ReadAll(folder.FullName));
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        Assert.Throws<InvalidDataException>(() => KernelTrace.ReadAll(folder.FullName));
    }

    private static List<string> Replay(KernelTrace trace, TraceLayout layout, Dictionary<string, int> counts)
    {
        List<string> disagreements = [];
        using KernelAdaptor kernel = new(layout);
        foreach (KernelOperation operation in trace.Operations)
        {
            counts[operation.Kind] = counts.GetValueOrDefault(operation.Kind) + 1;
            JsonObject got = kernel.Run(operation);
            if (!JsonNode.DeepEquals(operation.Expected, got))
                disagreements.Add(operation.Disagreement(got));
        }

        return disagreements;
    }
}
