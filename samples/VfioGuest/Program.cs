using IoAsid.Typed.Emulation;
using Samples;

namespace VfioGuest;

public static class Program
{
    public static int Main(string[] args) =>
        SampleCommand.Run(args, "Shows two guests that share a DMA engine.", seed => Play(Console.Out, seed));

    /// <summary>Runs two guests that share an engine. One of them tries forbidden operations.</summary>
    public static void Play(TextWriter output, ulong seed) =>
        SampleRun.Play(output, seed, new DmaEngineOptions(), (machine, account) => new TwoGuests(machine, account).PlayAsync());
}
