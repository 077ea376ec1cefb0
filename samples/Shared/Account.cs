using IoAsid.Typed.Emulation;

namespace Samples;

/// <summary>The output of a sample: numbered steps, and events with their virtual time. In a trace, each step is marked.</summary>
public sealed class Account(TextWriter output, SampleMachine machine, ChromeTrace? trace = null)
{
    private int _steps;

    public void Begin(ulong seed) => output.WriteLine($"Seed {seed}. Times are the machine's, in microseconds.");

    public void Step(string explanation)
    {
        trace?.Mark(explanation);
        output.WriteLine();
        output.WriteLine($"{++_steps}. {explanation}");
    }

    public void Happened(string text) => output.WriteLine($"{Now.TotalMicroseconds,10:0.0}  {text}");

    public void End()
    {
        output.WriteLine();
        foreach (string line in machine.Verdict())
            Happened(line);
    }

    private TimeSpan Now => machine.Hardware.Scheduler.Clock.GetElapsedTime(0);
}
