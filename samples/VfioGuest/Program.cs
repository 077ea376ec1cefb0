using IoAsid.Typed.Emulation;
using Samples;

namespace VfioGuest;

public static class Program
{
    public static int Main(string[] args) => SampleArguments.Play(args, arguments => Play(Console.Out, arguments.Seed));

    /// <summary>Two guests share an engine, and one of them tries what it must not.</summary>
    public static void Play(TextWriter output, ulong seed) =>
        SampleRun.Play(output, seed, new DmaEngineOptions(), (machine, account) => new TwoGuests(machine, account).PlayAsync());
}
