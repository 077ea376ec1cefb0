namespace IoAsid.Typed.Benchmarks.Ratios;

/// <summary><c>ratios [--only PART] [--json FILE]</c>: the goals of the library against their contenders, in one run.</summary>
internal static class RatioCommand
{
    private static readonly OrderedDictionary<string, Action<RatioTable>> Parts = new()
    {
        ["find"] = FindRatios.Measure,
        ["hold"] = HoldRatios.Measure,
        ["allocate"] = AllocationRatios.Measure,
        ["memory"] = MemoryRatios.Measure,
        ["growth"] = GrowthRatios.Measure,
    };

    public static int Run(string[] options)
    {
        if (!TryParse(options, out string? part, out string? file))
        {
            Console.Error.WriteLine($"Usage: ratios [--only {string.Join('|', Parts.Keys)}] [--json FILE]");
            return 2;
        }

        RatioTable table = new(Console.Out, MeasuringMachine.Current);
        foreach ((string name, Action<RatioTable> measure) in Parts)
        {
            if (part is null || part == name)
                measure(table);
        }

        table.Summarise();
        if (file is not null)
            table.WriteJson(file);

        return 0;
    }

    private static bool TryParse(string[] options, out string? part, out string? file)
    {
        part = file = null;
        for (int index = 0; index < options.Length; index += 2)
        {
            string? value = index + 1 < options.Length ? options[index + 1] : null;
            switch (options[index])
            {
                case "--only" when value is not null && Parts.ContainsKey(value):
                    part = value;
                    break;
                case "--json" when value is not null:
                    file = value;
                    break;
                default:
                    return false;
            }
        }

        return true;
    }
}
