using IoAsid.Typed.Emulation;

namespace Samples;

/// <summary>The run of a sample on a machine with one engine.</summary>
public static class SampleRun
{
    /// <summary>Runs a sample and prints its steps and events.</summary>
    /// <param name="output">The writer of the output.</param>
    /// <param name="seed">The seed, which fixes the run.</param>
    /// <param name="engine">The options of the engine.</param>
    /// <param name="play">The sample, which runs on the processor of the machine.</param>
    /// <param name="trace">The stream that receives a Chrome trace, or null.</param>
    public static void Play(TextWriter output, ulong seed, DmaEngineOptions engine, Func<SampleMachine, Account, Task> play, Stream? trace = null)
    {
        using SampleMachine machine = new(seed, engine);
        using ChromeTrace? recording = trace is null ? null : ChromeTrace.Of(trace, machine.Hardware);
        Account account = new(output, machine, recording);
        account.Begin(seed);
#pragma warning disable CA2025 // Run returns when the task is complete.
        machine.Run(() => play(machine, account));
#pragma warning restore CA2025
        account.End();
    }
}
