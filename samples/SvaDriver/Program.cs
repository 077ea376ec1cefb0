using IoAsid.Typed.Emulation;
using Samples;

namespace SvaDriver;

public static class Program
{
    public static int Main(string[] args) =>
        SampleCommand.Run(args, "Shows a process that submits work to a DMA engine.", (ulong seed, Stream? trace) => Play(Console.Out, seed, trace));

    /// <summary>Runs a process that submits work to a DMA engine, from the bind to the unbind.</summary>
    public static void Play(TextWriter output, ulong seed, Stream? trace) => SampleRun.Play(
        output,
        seed,
        new DmaEngineOptions { QueueDepth = 4, PagesPerGroup = 4 },
        (machine, account) => new Offloading(machine, account).PlayAsync(),
        trace);
}
