using System.Runtime.ExceptionServices;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// The interleaving of hardware steps with the accesses of a processor's step. The seed decides how many steps run between two accesses. None runs outside
/// of processor steps or during the evaluation of a condition. A step of the processor never runs inside another step.
/// </summary>
internal sealed class Preemption(StepRunner steps, StepQueues queues, SeededRandom random, bool isFifo)
{
    private const int AccessesPerPreemption = 4;

    private bool _isImpossible = true;
    private ExceptionDispatchInfo? _failure;

    /// <summary>Allows preemption when the scheduler starts to run steps, and forbids it when the scheduler stops.</summary>
    public void SetRunning(bool isRunning) => _isImpossible = !isRunning;

    /// <summary>Marks a point between two accesses. In FIFO order no step runs here.</summary>
    public void BeforeAccess()
    {
        if (!isFifo && IsPossible && random.OneIn(AccessesPerPreemption))
            RunHardware();
    }

    /// <summary>
    /// Marks a point where a processor polls hardware without ending its step. Hardware steps run here in FIFO order too: otherwise the poll would never end.
    /// </summary>
    public void BeforePoll()
    {
        if (IsPossible)
            RunHardware();
    }

    /// <summary>Evaluates the condition of a wait, without preemption.</summary>
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

    /// <summary>Throws the exception of a hardware step that ran inside a processor's step. The processor's step has ended and did not see the exception.</summary>
    public void ThrowFailure()
    {
        ExceptionDispatchInfo? failure = _failure;
        _failure = null;
        failure?.Throw();
    }

    private bool IsPossible => !_isImpossible && steps.CurrentParty == Party.Processor && queues.HasHardware;

    private void RunHardware()
    {
        _isImpossible = true;
        try
        {
            do
                steps.Run(Party.Hardware, isPreempting: true);
            while (queues.HasHardware && !random.OneIn(AccessesPerPreemption));
        }
#pragma warning disable CA1031 // The exception belongs to hardware. ThrowFailure ends the run with it after the processor's step.
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
