namespace IoAsid.Typed.Benchmarks.Ratios;

/// <summary><c>ratios [--json FILE]</c>: the goals of the library against their contenders, in one run.</summary>
internal static class RatioCommand
{
    public static int Run(string[] options)
    {
        if (options is not ([] or ["--json", _]))
        {
            Console.Error.WriteLine("Usage: ratios [--json FILE]");
            return 2;
        }

        RatioTable table = new(Console.Out, MeasuringMachine.Current);
        FindRatios.Measure(table);
        HoldRatios.Measure(table);
        AllocationRatios.Measure(table);
        MemoryRatios.Measure(table);
        GrowthRatios.Measure(table);
        table.Summarise();
        if (options is [_, string file])
            table.WriteJson(file);

        return 0;
    }
}
