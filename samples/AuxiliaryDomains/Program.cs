using IoAsid.Typed.Emulation;
using Samples;

namespace AuxiliaryDomains;

public static class Program
{
    public static int Main(string[] args) =>
        SampleCommand.Run(args, "Shows a device whose queues have domains of their own.", seed => Play(Console.Out, seed));

    /// <summary>Parts of one device work in domains of their own.</summary>
    public static void Play(TextWriter output, ulong seed) =>
        SampleRun.Play(output, seed, new DmaEngineOptions(), (machine, account) => new PartitionedDevice(machine, account).PlayAsync());
}
