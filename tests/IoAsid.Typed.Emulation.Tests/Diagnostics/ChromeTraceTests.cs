using System.Text.Json;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation.Tests;

public sealed class ChromeTraceTests
{
    public static TheoryData<ulong> Seeds => [0, 1, 2, 3];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Flows_begin_once_and_end_once_in_the_order_of_time(ulong seed)
    {
        JsonElement[] flows = [.. Events(Trace(seed)).Where(item => Phase(item) is "s" or "t" or "f")];

        // There are two groups of page requests, two invalidations, and one read.
        IGrouping<int, JsonElement>[] joined = [.. flows.GroupBy(item => item.GetProperty("id").GetInt32())];
        Assert.Equal(5, joined.Length);
        Assert.All(joined, flow =>
        {
            Assert.Equal("s", Phase(flow.First()));
            Assert.Equal("f", Phase(flow.Last()));
            Assert.All(flow.Skip(1).SkipLast(1), item => Assert.Equal("t", Phase(item)));
            Assert.Single(flow.Select(item => item.GetProperty("name").GetString()).Distinct());
            Assert.Equal(flow.Select(Time).Order(), flow.Select(Time));
        });
    }

    [Fact]
    public void Every_flow_is_at_an_event_of_its_track()
    {
        JsonElement[] events = [.. Events(Trace(seed: 1))];
        HashSet<(int, int, decimal)> slices = [.. events.Where(item => Phase(item) == "X").Select(Place)];
        Assert.All(events.Where(item => Phase(item) is "s" or "t" or "f"), item => Assert.Contains(Place(item), slices));
    }

    [Fact]
    public void Every_message_span_ends()
    {
        JsonElement[] events = [.. Events(Trace(seed: 1))];
        Assert.Equal(
            events.Where(item => Phase(item) == "b").Select(item => item.GetProperty("id").GetInt64()).Order(),
            events.Where(item => Phase(item) == "e").Select(item => item.GetProperty("id").GetInt64()).Order());
    }

    [Fact]
    public void Every_track_has_a_name()
    {
        JsonElement[] events = [.. Events(Trace(seed: 1))];
        HashSet<(int, int)> named = [.. events.Where(item => Phase(item) == "M" && item.GetProperty("name").GetString() == "thread_name").Select(Track)];
        Assert.All(events.Where(item => Phase(item) != "M"), item => Assert.Contains(Track(item), named));
    }

    [Fact]
    public void Seed_determines_the_file()
    {
        Assert.Equal(Trace(seed: 7), Trace(seed: 7));
        Assert.NotEqual(Trace(seed: 7), Trace(seed: 8));
    }

    [Fact]
    public void Events_of_a_unit_are_on_its_track()
    {
        using DiagnosticsFixture fixture = new();
        using MemoryStream stream = new();
        using (ChromeTrace trace = new(stream, new SeededScheduler()))
        {
            trace.Watch(fixture.Unit);
            fixture.Send(DiagnosticsFixture.Request(new Pasid(5), DmaAccess.Read), out _);
            trace.Mark("after the fault");
        }

        JsonElement fault = Events(stream.ToArray()).Single(item => Phase(item) == "X");
        Assert.Contains("59h SPT.2", fault.GetProperty("args").GetProperty("details").GetString(), StringComparison.Ordinal);
        Assert.Contains(Events(stream.ToArray()), item => Phase(item) == "i");
    }

    private static byte[] Trace(ulong seed)
    {
        FabricFixture fixture = new(seed);
        using MemoryStream stream = new();
        using (ChromeTrace trace = new(stream, fixture.Scheduler))
        {
            trace.Watch(fixture.Fabric);
            fixture.Port.Send(PageRequest(group: 1, last: false));
            fixture.Port.Send(PageRequest(group: 1, last: true));
            fixture.Port.Send(PageRequest(group: 2, last: true));
            fixture.SendUp("read", 3);
            fixture.SendDown("invalidate", 4);
            fixture.SendDown("invalidate", 5);
            fixture.Scheduler.Run();
            fixture.SendDown("group", 1);
            fixture.SendDown("group", 2);
            fixture.Port.Send(new InvalidateCompletionMessage(FabricFixture.Function, 1 << 4 | 1 << 5));
            fixture.Scheduler.Run();
        }

        return stream.ToArray();
    }

    private static PageRequestMessage PageRequest(int group, bool last) =>
        new(FabricFixture.Function, 0x1000, group, Read: true, Write: false, IsLast: last);

    private static JsonElement.ArrayEnumerator Events(byte[] trace) => JsonDocument.Parse(trace).RootElement.EnumerateArray();

    private static string Phase(JsonElement item) => item.GetProperty("ph").GetString()!;

    private static decimal Time(JsonElement item) => item.GetProperty("ts").GetDecimal();

    private static (int, int) Track(JsonElement item) => (item.GetProperty("pid").GetInt32(), item.GetProperty("tid").GetInt32());

    private static (int, int, decimal) Place(JsonElement item) => (Track(item).Item1, Track(item).Item2, Time(item));
}
