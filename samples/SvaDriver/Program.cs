using IoAsid.Typed.Emulation;
using Samples;

namespace SvaDriver;

public static class Program
{
    public static int Main(string[] args) => SampleArguments.Play(args, arguments =>
    {
        using FileStream? trace = arguments.File is { } file ? File.Create(file) : null;
        Play(Console.Out, arguments.Seed, trace);
        Console.Error.WriteLine(trace is null
            ? "Name a file, as in \"-- sva.trace.json\", to have the run as a trace."
            : $"Open {arguments.File} at https://ui.perfetto.dev to see who did what when.");
    });

    /// <summary>Runs a process that submits work to a DMA engine, from the bind to the unbind.</summary>
    public static void Play(TextWriter output, ulong seed, Stream? trace) => SampleRun.Play(
        output,
        seed,
        new DmaEngineOptions { QueueDepth = 4, PagesPerGroup = 4 },
        (machine, account) => new Offloading(machine, account).PlayAsync(),
        trace);
}
