using System.Globalization;
using System.Reflection;
using System.Runtime;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;

namespace IoAsid.Typed.Benchmarks.Ratios;

/// <summary>The machine of a measurement, and the runtime of the program. Figures of two machines are not compared.</summary>
/// <param name="Processor">The name of the processor.</param>
/// <param name="Cores">The logical processors that the program may use.</param>
/// <param name="OperatingSystem">The name and version of the operating system, with the architecture.</param>
/// <param name="Runtime">The name and version of the runtime.</param>
/// <param name="GarbageCollector">The mode of the garbage collector.</param>
/// <param name="Build">The configuration that the program was built in.</param>
/// <param name="Load">The average number of processes that were ready to run in the minute before the measurement; null if the system does not report it.</param>
internal sealed record MeasuringMachine(
    string Processor, int Cores, string OperatingSystem, string Runtime, string GarbageCollector, string Build, double? Load)
{
    public static MeasuringMachine Current => new(
        ProcessorName(ReadLines("/proc/cpuinfo")),
        Environment.ProcessorCount,
        $"{RuntimeInformation.OSDescription} ({RuntimeInformation.ProcessArchitecture})",
        RuntimeInformation.FrameworkDescription,
        $"{(GCSettings.IsServerGC ? "server" : "workstation")}, {(IsConcurrent() ? "concurrent" : "not concurrent")}",
        typeof(MeasuringMachine).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()?.Configuration ?? "unknown",
        LoadOf(ReadLines("/proc/loadavg")));

    /// <summary>The description, line by line.</summary>
    [JsonIgnore]
    public IEnumerable<string> Lines =>
    [
        $"processor: {Processor}, {Cores} logical",
        $"system:    {OperatingSystem}",
        $"runtime:   {Runtime}, {Build} build, GC {GarbageCollector}",
        .. Load is { } load ? [string.Create(CultureInfo.InvariantCulture, $"load:      {load:0.00} before the first row")] : Array.Empty<string>(),
    ];

    /// <summary>Returns the name in the lines of <c>/proc/cpuinfo</c>. Without a name in it, returns PROCESSOR_IDENTIFIER or the architecture.</summary>
    internal static string ProcessorName(IEnumerable<string> processors) =>
        processors.Select(line => line.Split(':', 2)).FirstOrDefault(field => field[0].Trim() is "model name")?[1].Trim()
        ?? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER")
        ?? RuntimeInformation.ProcessArchitecture.ToString();

    /// <summary>Returns the average of the last minute in <c>/proc/loadavg</c>.</summary>
    internal static double? LoadOf(IEnumerable<string> averages) =>
        double.TryParse(averages.FirstOrDefault()?.Split(' ')[0], CultureInfo.InvariantCulture, out double load) ? load : null;

    private static bool IsConcurrent() =>
        GC.GetConfigurationVariables().TryGetValue("ConcurrentGC", out object? isConcurrent) && isConcurrent is true;

    private static string[] ReadLines(string file) => File.Exists(file) ? File.ReadAllLines(file) : [];
}
