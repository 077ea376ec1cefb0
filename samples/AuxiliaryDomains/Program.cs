using IoAsid.Typed.Emulation;
using Samples;

namespace AuxiliaryDomains;

public static class Program
{
    public static int Main(string[] args) =>
        SampleCommand.Run(args, "Shows a device with a domain for each queue.", seed => Play(Console.Out, seed));

    /// <summary>Runs the parts of one device, each with its own domain.</summary>
    public static void Play(TextWriter output, ulong seed) =>
        SampleRun.Play(output, seed, new DmaEngineOptions(), (machine, account) => new PartitionedDevice(machine, account).PlayAsync());
}
