namespace PageWalk;

public static class Program
{
    private const string TraceFile = "page-walk.trace.json";

    public static void Main()
    {
        using FileStream trace = File.Create(TraceFile);
        Play(Console.Out, trace);
        Console.Out.WriteLine();
        Console.Out.WriteLine($"Open {TraceFile} at https://ui.perfetto.dev to see who did what when.");
    }

    /// <summary>Shows walks and faults as text, then lets a device work, and saves that as a trace.</summary>
    public static void Play(TextWriter output, Stream trace)
    {
        using SampleMachine machine = new();
        Transcript transcript = new(output);
        new Walks(machine, transcript).Play();
        new DeviceRun(machine, transcript).Play(trace);
    }
}
