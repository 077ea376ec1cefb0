namespace IoAsid.Typed.Emulation;

/// <summary>Has everything that is awaited in a step go on as a step of the same party, whoever completes it.</summary>
internal sealed class StepContext(SeededScheduler scheduler, Party party) : SynchronizationContext
{
    public Party Party => party;

    public override void Post(SendOrPostCallback d, object? state) => scheduler.Enqueue(party, d, state, "continuation");

    public override void Send(SendOrPostCallback d, object? state) =>
        throw new NotSupportedException("A step cannot wait for another one to finish: post it, or await it.");

    public override SynchronizationContext CreateCopy() => this;
}
