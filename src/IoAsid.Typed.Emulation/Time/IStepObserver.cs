namespace IoAsid.Typed.Emulation;

/// <summary>Is told of every step before it runs.</summary>
internal interface IStepObserver
{
    /// <summary>A step is about to run.</summary>
    /// <param name="step">The step.</param>
    void OnStep(in StepRecord step);
}
