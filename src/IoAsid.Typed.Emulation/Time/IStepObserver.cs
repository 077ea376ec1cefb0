namespace IoAsid.Typed.Emulation;

/// <summary>An observer that is notified of each step before it runs.</summary>
internal interface IStepObserver
{
    /// <summary>Receives a step that is about to run.</summary>
    /// <param name="step">The step.</param>
    void OnStep(in StepRecord step);
}
