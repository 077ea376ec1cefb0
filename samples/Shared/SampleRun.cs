using IoAsid.Typed.Emulation;

namespace Samples;

/// <summary>Plays a sample on a machine with one engine, and prints its account.</summary>
public static class SampleRun
{
    /// <param name="output">Takes the account.</param>
    /// <param name="seed">Fixes the run.</param>
    /// <param name="engine">What the engine is able to do.</param>
    /// <param name="play">The sample: code on the machine's processor.</param>
    /// <param name="trace">Takes the run as a Chrome trace; null for none.</param>
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
