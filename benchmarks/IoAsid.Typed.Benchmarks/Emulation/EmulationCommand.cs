using IoAsid.Typed.Benchmarks.Ratios;

namespace IoAsid.Typed.Benchmarks.Emulation;

/// <summary><c>emulation [--json FILE]</c>: measures the emulated unit against the memory that it reads and the library's own lookup, in one run.</summary>
internal static class EmulationCommand
{
    public static int Run(string? file)
    {
        RatioTable table = new(Console.Out, MeasuringMachine.Current);
        TranslationRatios.Measure(table);
        TrafficRatios.Measure(table);
        table.Summarise();
        if (file is not null)
            table.WriteJson(file);

        return 0;
    }
}
