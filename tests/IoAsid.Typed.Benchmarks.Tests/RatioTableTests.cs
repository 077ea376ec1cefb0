using System.Text.Json;
using IoAsid.Typed.Benchmarks.Ratios;

namespace IoAsid.Typed.Benchmarks.Tests;

public sealed class RatioTableTests
{
    private static readonly MeasuringMachine s_machine = new("A processor", 2, "Linux (X64)", ".NET 10", "workstation, not concurrent", "Release", 0.25);

    private readonly RatioTable _table;
    private readonly string[] _lines;

    public RatioTableTests()
    {
        using StringWriter output = new();
        _table = new RatioTable(output, s_machine);
        _table.Add(new RatioRow("find", "1K", new Sample([10, 11, 12]), "load", new Sample([5, 5, 5]), Goal: 2, Floor: new Sample([9, 10, 10])));
        _table.Add(new RatioRow("bytes", "", Sample.Exact(24), "", Theirs: null, Goal: 24));
        _table.Add(new RatioRow("walk", "", new Sample([10, 20, 40]), "", Theirs: null, Goal: null));
        _table.Summarise();
        _lines = output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
    }

    [Fact]
    public void Output_names_the_machine_first() =>
        Assert.Equal(
            [
                "processor: A processor, 2 logical",
                "system:    Linux (X64)",
                "runtime:   .NET 10, Release build, GC workstation, not concurrent",
                "load:      0.25 before the first row",
            ],
            _lines[..4]);

    [Fact]
    public void Lines_show_medians_spreads_runs_and_goals() =>
        Assert.Equal(
            [
                "find 1K 11.00 18 % load 5.00 2.20 18 % 3 2.00 NO 2.00 1.11",
                "bytes 24.00 1 24.00 yes",
                "walk 20.00 150 % 3",
                "1 of 2 goals met.",
                "1 rows scatter by more than 20 % in spite of repetition: measure them again on a quiet machine.",
            ],
            _lines[6..].Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))));

    [Fact]
    public void Json_holds_the_same()
    {
        using JsonDocument json = JsonDocument.Parse(_table.ToJson());
        JsonElement find = json.RootElement.GetProperty("rows")[0];

        Assert.Equal(
            """{"processor":"A processor","cores":2,"operatingSystem":"Linux (X64)","runtime":".NET 10","garbageCollector":"workstation, not concurrent","build":"Release","load":0.25}""",
            Compact(json.RootElement.GetProperty("machine")));
        Assert.Equal("""{"median":11,"low":10,"high":12,"spread":0.18181818181818182,"runs":[10,11,12]}""", Compact(find.GetProperty("ours")));
        Assert.Equal("""{"median":2.2,"low":2,"high":2.4,"spread":0.18181818181818177,"runs":[2,2.2,2.4]}""", Compact(find.GetProperty("ratio")));
        Assert.False(find.GetProperty("met").GetBoolean());
        Assert.Equal(2, find.GetProperty("limit").GetProperty("median").GetDouble());
        Assert.Equal(10.0 / 9, find.GetProperty("overFloor").GetProperty("median").GetDouble(), precision: 12);
        Assert.False(find.GetProperty("scatters").GetBoolean());
        Assert.True(json.RootElement.GetProperty("rows")[2].GetProperty("scatters").GetBoolean());
    }

    [Fact]
    public void Processor_and_load_are_read_from_the_system()
    {
        Assert.Equal("Intel(R) Xeon(R): 8480", MeasuringMachine.ProcessorName(["processor\t: 0", "model name\t: Intel(R) Xeon(R): 8480", "model name\t: other"]));
        Assert.NotEmpty(MeasuringMachine.ProcessorName([]));
        Assert.Equal(12.5, MeasuringMachine.LoadOf(["12.50 8.00 4.00 3/600 1234"]));
        Assert.Null(MeasuringMachine.LoadOf([]));
    }

    private static string Compact(JsonElement element) => JsonSerializer.Serialize(element);
}
