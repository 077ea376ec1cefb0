using System.Globalization;
using System.Text.Json;

namespace IoAsid.Typed.Benchmarks.Ratios;

/// <summary>The table of a measurement. It prints the machine and each row at once, and keeps the rows for the file of results.</summary>
internal sealed class RatioTable
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    private readonly TextWriter _output;
    private readonly MeasuringMachine _machine;
    private readonly List<RatioRow> _rows = [];

    public RatioTable(TextWriter output, MeasuringMachine machine)
    {
        _output = output;
        _machine = machine;
        foreach (string line in machine.Lines)
            _output.WriteLine(line);
        _output.WriteLine();
        string header = Line("what", "size", "ours", "spread", "contender", "theirs", "ratio", "spread", "runs", "goal", "met", "limit", "over");
        _output.WriteLine(header);
        _output.WriteLine(new string('-', header.Length));
    }

    public void Add(RatioRow row)
    {
        _rows.Add(row);
        _output.WriteLine(Line(
            row.What,
            row.Size,
            Number(row.Ours.Median),
            Percent(row.Ours),
            row.Contender,
            Number(row.Theirs?.Median),
            Number(row.Ratio?.Median),
            Percent(row.Ratio),
            row.Ours.Runs.ToString(CultureInfo.InvariantCulture),
            Number(row.Goal),
            row.Met switch { true => "yes", false => "NO", null => "" },
            Number(row.Limit?.Median),
            Number(row.OverFloor?.Median)).TrimEnd());
    }

    public void Summarise()
    {
        int goals = _rows.Count(row => row.Goal is not null);
        int met = _rows.Count(row => row.Met == true);
        int scattering = _rows.Count(row => row.Scatters);
        _output.WriteLine($"{met} of {goals} goals met.");
        if (scattering > 0)
            _output.WriteLine($"{scattering} rows scatter by more than {Repetition.Scatter:P0} in spite of repetition: measure them again on a quiet machine.");
    }

    public void WriteJson(string file) => File.WriteAllText(file, ToJson() + Environment.NewLine);

    public string ToJson() => JsonSerializer.Serialize(
        new
        {
            Machine = _machine,
            Rows = _rows.Select(row => new
            {
                row.What,
                row.Size,
                Ours = Figures(row.Ours),
                row.Contender,
                Theirs = Figures(row.Theirs),
                Ratio = Figures(row.Ratio),
                row.Goal,
                // A row without a goal counts as met.
                Met = row.Met ?? true,
                row.Scatters,
                Floor = Figures(row.Floor),
                Limit = Figures(row.Limit),
                OverFloor = Figures(row.OverFloor),
            }),
        },
        Indented);

    private static object? Figures(Sample? sample) =>
        sample is null ? null : new { sample.Median, sample.Low, sample.High, sample.Spread, Runs = sample.Values };

    private static string Line(
        string label, string size, string ours, string spread, string contender, string theirs, string ratio, string ratioSpread, string runs, string goal, string met,
        string limit, string over) =>
        $"{label,-44} {size,-18} {ours,9} {spread,6} {contender,-36} {theirs,9} {ratio,7} {ratioSpread,6} {runs,4} {goal,7} {met,-3} {limit,7} {over,6}";

    private static string Number(double? value) => value?.ToString(value >= 1000 ? "0" : "0.00", CultureInfo.InvariantCulture) ?? "";

    private static string Percent(Sample? sample) => sample is null or { Runs: 1 } ? "" : sample.Spread.ToString("P0", CultureInfo.InvariantCulture);
}
