using System.Runtime.ExceptionServices;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// Lets hardware work between two accesses of a processor's step, as the seed decides. Nothing happens outside of the processor's steps and while a
/// condition is looked at; a step of the processor never runs inside another one.
/// </summary>
internal sealed class Preemption(StepRunner steps, StepQueues queues, SeededRandom random, bool isCalm)
{
    private const int AccessesPerPreemption = 4;

    private bool _isImpossible = true;
    private ExceptionDispatchInfo? _failure;

    /// <summary>Says that the scheduler runs steps from now on, or no longer.</summary>
    public bool IsRunning
    {
        set => _isImpossible = !value;
    }

    /// <summary>A place between two accesses. Nothing happens in calm order.</summary>
    public void BeforeAccess()
    {
        if (!isCalm && IsPossible && random.OneIn(AccessesPerPreemption))
            LetHardwareWork();
    }

    /// <summary>A place where a processor waits for hardware without an end to its step. Hardware works in calm order, too: otherwise the wait would never end.</summary>
    public void BeforePoll()
    {
        if (IsPossible)
            LetHardwareWork();
    }

    /// <summary>Looks at the condition of a wait.</summary>
    public bool Holds(Wait wait)
    {
        bool wasImpossible = _isImpossible;
        _isImpossible = true;
        try
        {
            return wait.IsSatisfied;
        }
        finally
        {
            _isImpossible = wasImpossible;
        }
    }

    /// <summary>Throws what a step of hardware threw inside a driver's step, which was not at fault and is over by now.</summary>
    public void ThrowFailure()
    {
        ExceptionDispatchInfo? failure = _failure;
        _failure = null;
        failure?.Throw();
    }

    private bool IsPossible => !_isImpossible && steps.CurrentParty == Party.Processor && queues.HasHardware;

    private void LetHardwareWork()
    {
        _isImpossible = true;
        try
        {
            do
            {
                steps.Run(Party.Hardware, isPreempting: true);
            }
            while (queues.HasHardware && !random.OneIn(AccessesPerPreemption));
        }
#pragma warning disable CA1031 // The run ends with it, when the driver's step, whose fault it is not, is over.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _failure ??= ExceptionDispatchInfo.Capture(failure);
        }
        finally
        {
            _isImpossible = false;
            steps.Enter(Party.Processor);
        }
    }
}
