namespace IoAsid.Typed.Emulation;

/// <summary>The synchronization context of a party's steps. Code that awaits in a step continues in a step of the same party.</summary>
internal sealed class StepContext(SeededScheduler scheduler, Party party) : SynchronizationContext
{
    public Party Party => party;

    public override void Post(SendOrPostCallback d, object? state) => scheduler.Enqueue(party, d, state, "continuation");

    public override void Send(SendOrPostCallback d, object? state) =>
        throw new NotSupportedException("A step cannot wait for another step. Post the work or await it.");

    public override SynchronizationContext CreateCopy() => this;
}
