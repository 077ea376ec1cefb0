using IoAsid.Typed.Benchmarks.Ratios;

namespace IoAsid.Typed.Benchmarks.Emulation;

/// <summary><c>emulation [--json FILE]</c>: what the emulated unit costs against the memory it reads and the library's own lookup, in one run.</summary>
internal static class EmulationCommand
{
    public static int Run(string[] options)
    {
        if (options is not ([] or ["--json", _]))
        {
            Console.Error.WriteLine("Usage: emulation [--json FILE]");
            return 2;
        }

        RatioTable table = new(Console.Out, MeasuringMachine.Current);
        TranslationRatios.Measure(table);
        TrafficRatios.Measure(table);
        table.Summarise();
        if (options is [_, string file])
            table.WriteJson(file);

        return 0;
    }
}
