using Samples;

namespace PageWalk;

public static class Program
{
    public static int Main(string[] args) =>
        SampleCommand.Run(args, "Shows walks through the tables of VT-d as text, and a device at work.", trace => Play(Console.Out, trace));

    /// <summary>Shows walks and faults as text, then runs a device, and saves its run as a trace if a stream is given.</summary>
    public static void Play(TextWriter output, Stream? trace)
    {
        using SampleMachine machine = new();
        Transcript transcript = new(output);
        new Walks(machine, transcript).Play();
        new DeviceRun(machine, transcript).Play(trace);
    }
}
