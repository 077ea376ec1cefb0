namespace IoAsid.Typed.Benchmarks.Ratios;

/// <summary><c>ratios [--only PART] [--json FILE]</c>: measures the library against its contenders and its goals, in one run.</summary>
internal static class RatioCommand
{
    private static readonly OrderedDictionary<string, Action<RatioTable>> s_parts = new()
    {
        ["find"] = FindRatios.Measure,
        ["hold"] = HoldRatios.Measure,
        ["allocate"] = AllocationRatios.Measure,
        ["threads"] = ThreadRatios.Measure,
        ["memory"] = MemoryRatios.Measure,
        ["growth"] = GrowthRatios.Measure,
    };

    /// <summary>The names of the parts.</summary>
    public static IEnumerable<string> Parts => s_parts.Keys;

    public static int Run(string? part, string? file)
    {
        RatioTable table = new(Console.Out, MeasuringMachine.Current);
        foreach (Action<RatioTable> measure in s_parts.Only(part))
            measure(table);

        table.Summarise();
        if (file is not null)
            table.WriteJson(file);

        return 0;
    }
}
