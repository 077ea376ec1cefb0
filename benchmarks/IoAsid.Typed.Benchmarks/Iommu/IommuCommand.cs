using IoAsid.Typed.Benchmarks.Ratios;

namespace IoAsid.Typed.Benchmarks.Iommu;

/// <summary><c>iommu [--json FILE]</c>: measures the operating system's side on the emulated unit, in one run.</summary>
internal static class IommuCommand
{
    public static int Run(string? file)
    {
        RatioTable table = new(Console.Out, MeasuringMachine.Current);
        PageRequestRatios.Measure(table);
        BindRatios.Measure(table);
        SvaDmaRatios.Measure(table);
        table.Summarise();
        if (file is not null)
            table.WriteJson(file);

        return 0;
    }
}
