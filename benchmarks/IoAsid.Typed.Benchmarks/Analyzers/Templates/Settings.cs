namespace Drivers.__File__;

/// <summary>The settings of a __Device__, read from text.</summary>
public sealed record __Device__Settings
{
    private static readonly Dictionary<string, int> Defaults = new(StringComparer.OrdinalIgnoreCase)
    {
        ["depth"] = __N1__,
        ["credits"] = __N2__,
        ["groups"] = __N3__,
    };

    public int Depth { get; init; } = __N1__;

    public int Credits { get; init; } = __N2__;

    public string? Name { get; init; }

    public IReadOnlyList<string> Warnings { get; init; } = [];
//+
    public static __Device__Settings Parse__M__(string text)
    {
        Dictionary<string, int> values = new(Defaults, StringComparer.OrdinalIgnoreCase);
        List<string> warnings = [];
        foreach (string line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith('#'))
                continue;

            if (line.Split('=', 2) is not [{ Length: > 0 } key, var value] || !int.TryParse(value, out int number))
            {
                warnings.Add($"'{line}' is not 'name = number'");
                continue;
            }

            if (!values.ContainsKey(key.Trim()))
                warnings.Add($"'{key}' is unknown");

            values[key.Trim()] = number;
        }

        return new __Device__Settings { Depth = values["depth"], Credits = Math.Min(values["credits"], 0x__X1__), Warnings = warnings };
    }
//+
    public bool TryValidate__M__(out string? problem)
    {
        problem = this switch
        {
            { Depth: <= 0 } => "The depth must be positive.",
            { Credits: > 4096 } => "There are at most 4096 credits.",
            { Name: { Length: > __N1__ } name } => $"'{name}' is too long.",
            { Warnings.Count: > 0 } => Warnings[0],
            _ => null,
        };
        return problem is null;
    }
//+
    public __Device__Settings Merge__M__(__Device__Settings? other) => other is null
        ? this
        : this with
        {
            Depth = Math.Max(Depth, other.Depth),
            Credits = other.Credits == __N2__ ? Credits : other.Credits,
            Name = other.Name ?? Name,
            Warnings = [.. Warnings, .. other.Warnings],
        };
//+
    public override string ToString() => $"{Name ?? "__Device__"} (depth {Depth}, credits {Credits})";
//+
    internal static IEnumerable<KeyValuePair<string, int>> Sorted__M__(int above)
    {
        var sorted = Defaults.Where(pair => pair.Value > above + __N1__).OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal);
        return above < 0 ? sorted.Reverse() : sorted;
    }
}
