namespace IoAsid.Typed.Emulation.Tests;

/// <summary>The record of the steps of a machine.</summary>
internal sealed class StepLog : IStepObserver
{
    public List<StepRecord> Steps { get; } = [];

    public void OnStep(in StepRecord step) => Steps.Add(step);
}
