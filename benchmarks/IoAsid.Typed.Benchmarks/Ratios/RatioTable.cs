using System.Globalization;
using System.Text.Json;

namespace IoAsid.Typed.Benchmarks.Ratios;

/// <summary>Prints rows as they are measured, and keeps them.</summary>
internal sealed class RatioTable
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    private readonly TextWriter _output;
    private readonly List<RatioRow> _rows = [];

    public RatioTable(TextWriter output)
    {
        _output = output;
        _output.WriteLine(Line("what", "size", "ours", "contender", "theirs", "ratio", "goal", "met"));
        _output.WriteLine(new string('-', Line("", "", "", "", "", "", "", "").Length + 3));
    }

    public void Add(RatioRow row)
    {
        _rows.Add(row);
        _output.WriteLine(Line(
            row.What, row.Size, Number(row.Ours), row.Contender, Number(row.Theirs), Number(row.Ratio), Number(row.Goal), row.Met switch { true => "yes", false => "NO", null => "" }));
    }

    public void Summarise()
    {
        int goals = _rows.Count(row => row.Goal is not null);
        int met = _rows.Count(row => row.Met == true);
        _output.WriteLine($"{met} of {goals} goals met.");
    }

    public void WriteJson(string file)
    {
        // A row without a goal is met: there is nothing to miss.
        var rows = _rows.Select(row => new { row.What, row.Size, row.Ours, row.Contender, row.Theirs, row.Ratio, row.Goal, Met = row.Met ?? true });
        File.WriteAllText(file, JsonSerializer.Serialize(rows, Indented) + Environment.NewLine);
    }

    private static string Line(string what, string size, string ours, string contender, string theirs, string ratio, string goal, string met) =>
        $"{what,-44} {size,-18} {ours,9} {contender,-30} {theirs,9} {ratio,7} {goal,7} {met}";

    private static string Number(double? value) => value?.ToString(value >= 1000 ? "0" : "0.00", CultureInfo.InvariantCulture) ?? "";
}
