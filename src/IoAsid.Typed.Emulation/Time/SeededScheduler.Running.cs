using System.Runtime.ExceptionServices;

namespace IoAsid.Typed.Emulation;

// Choosing and running steps.
public sealed partial class SeededScheduler
{
    private const int SharesInAll = 8;
    private const int AccessesPerPreemption = 4;

    [ThreadStatic]
    private static SeededScheduler? t_running;

    private bool _isRunning;
    private bool _isInsideAccess;
    private ExceptionDispatchInfo? _failure;

    /// <summary>Runs until nothing is runnable and no timer is set.</summary>
    /// <exception cref="StepLimitException">It did not come to an end.</exception>
    /// <exception cref="InvalidOperationException">Called from inside a step.</exception>
    public void Run() => RunSteps(until: null, Nanoseconds.Never);

    /// <summary>Runs until a task is complete. What else is runnable then stays so.</summary>
    /// <param name="task">The task; if it failed, its exception is thrown.</param>
    /// <exception cref="DeadlockException">Nothing is left that could complete it.</exception>
    /// <exception cref="StepLimitException">It did not come to an end.</exception>
    /// <exception cref="InvalidOperationException">Called from inside a step.</exception>
    public void Run(Task task)
    {
        Complete(task);
        task.GetAwaiter().GetResult();
    }

    /// <summary>Runs code as steps of the processor until it is complete. What else is runnable then stays so.</summary>
    /// <param name="work">The code; if it fails, its exception is thrown.</param>
    /// <exception cref="DeadlockException">Nothing is left that could complete it.</exception>
    /// <exception cref="StepLimitException">It did not come to an end.</exception>
    /// <exception cref="InvalidOperationException">Called from inside a step.</exception>
    public void Run(Func<Task> work) => Run(Start(work).Unwrap());

    /// <summary>Runs code as steps of the processor until it is complete. What else is runnable then stays so.</summary>
    /// <typeparam name="T">What it results in.</typeparam>
    /// <param name="work">The code; if it fails, its exception is thrown.</param>
    /// <returns>Its result.</returns>
    /// <exception cref="DeadlockException">Nothing is left that could complete it.</exception>
    /// <exception cref="StepLimitException">It did not come to an end.</exception>
    /// <exception cref="InvalidOperationException">Called from inside a step.</exception>
    public T Run<T>(Func<Task<T>> work)
    {
        Task<T> task = Start(work).Unwrap();
        Complete(task);
        return task.GetAwaiter().GetResult();
    }

    /// <summary>Runs for a span of the machine's time.</summary>
    /// <param name="span">How long.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="span"/> is negative.</exception>
    /// <exception cref="StepLimitException">It took too many steps.</exception>
    /// <exception cref="InvalidOperationException">Called from inside a step.</exception>
    public void RunFor(TimeSpan span)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(span, TimeSpan.Zero);
        long end = Nanoseconds.After(Now, span);
        RunSteps(until: null, end);
        Now = Math.Max(Now, end);
    }

    /// <summary>
    /// A place between two accesses of a processor: lets hardware work here, as the seed decides. Nothing happens in the calm
    /// order, outside of the processor's steps, and while a condition is looked at. Never runs a step of the processor.
    /// </summary>
    internal void BeforeProcessorAccess()
    {
        if (!IsCalm && MayBePreempted() && Random.OneIn(AccessesPerPreemption))
            LetHardwareWork();
    }

    /// <summary>
    /// A place where a processor waits for hardware without an end to its step. Hardware works here in the calm order, too: nothing would ever happen.
    /// </summary>
    internal void BeforePoll()
    {
        if (MayBePreempted())
            LetHardwareWork();
    }

    private bool MayBePreempted() =>
        _isRunning && !_isInsideAccess && CurrentParty == Party.Processor && _queues[(int)Party.Hardware].Count != 0;

    private void LetHardwareWork()
    {
        _isInsideAccess = true;
        try
        {
            do
            {
                RunStep(Party.Hardware);
            }
            while (_queues[(int)Party.Hardware].Count != 0 && !Random.OneIn(AccessesPerPreemption));
        }
#pragma warning disable CA1031 // The run ends with it, when the driver's step, whose fault it is not, is over.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _failure ??= ExceptionDispatchInfo.Capture(failure);
        }
        finally
        {
            _isInsideAccess = false;
            EnterParty(Party.Processor);
        }
    }

    private void ThrowFailure()
    {
        ExceptionDispatchInfo? failure = _failure;
        _failure = null;
        failure?.Throw();
    }

    private Task<T> Start<T>(Func<T> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        TaskCompletionSource<T> started = new();
        Enqueue(Party.Processor, () => started.SetResult(work()), null, "start");
        return started.Task;
    }

    private void Complete(Task task)
    {
        ArgumentNullException.ThrowIfNull(task);
        RunSteps(task, Nanoseconds.Never);
        if (!task.IsCompleted)
            throw new DeadlockException(Waits());
    }

    private List<string> Waits()
    {
        List<string> waits = [];
        foreach (Action<ICollection<string>> explain in _explainers.All)
            explain(waits);
        return waits;
    }

    private void RunSteps(Task? until, long end)
    {
        if (_isRunning)
            throw new InvalidOperationException("The machine is running: inside a step, await instead of running it.");
        SynchronizationContext? outer = SynchronizationContext.Current;
        SeededScheduler? outerScheduler = t_running;
        t_running = this;
        _isRunning = true;
        try
        {
            RunLoop(until, end);
        }
        finally
        {
            _isRunning = false;
            t_running = outerScheduler;
            CurrentParty = Party.Processor;
            SynchronizationContext.SetSynchronizationContext(outer);
        }
    }

    private void RunLoop(Task? until, long end)
    {
        long limit = _options.StepLimit > long.MaxValue - Steps ? long.MaxValue : Steps + _options.StepLimit;
        while (until is not { IsCompleted: true } && Now < end)
        {
            FireDueEvents();
            if (TryChooseParty(out Party party))
            {
                if (Steps >= limit)
                    throw new StepLimitException(_options.StepLimit, _queues[(int)party].First.Name);
                RunStep(party);
                ThrowFailure();
                LookAtSomeConditions();
            }
            else if (!EndWaits(oneIn: 1) && !TryJumpAhead(end))
            {
                return;
            }
        }
    }

    private void RunStep(Party party)
    {
        PickQueue<Step> queue = _queues[(int)party];
        Step step = queue.Take(IsCalm ? 0 : Random.Below(queue.Count));
        EnterParty(party);
        foreach (IStepObserver observer in _observers.All)
            observer.OnStep(new StepRecord(Steps, party, step.Name, Nanoseconds.ToTimeSpan(Now), _isInsideAccess));
        Steps++;
        Now += _stepNanoseconds;
        step.Run();
    }

    private void EnterParty(Party party)
    {
        CurrentParty = party;
        SynchronizationContext.SetSynchronizationContext(_contexts[(int)party]);
    }

    private bool TryChooseParty(out Party party)
    {
        PickQueue<Step> processor = _queues[(int)Party.Processor];
        PickQueue<Step> hardware = _queues[(int)Party.Hardware];
        party = processor.Count == 0 ? Party.Hardware
            : hardware.Count == 0 ? Party.Processor
            : IsHardwaresTurn(processor, hardware) ? Party.Hardware : Party.Processor;
        return processor.Count + hardware.Count != 0;
    }

    private bool IsHardwaresTurn(PickQueue<Step> processor, PickQueue<Step> hardware) =>
        IsCalm ? hardware.First.Number < processor.First.Number : Random.Below(SharesInAll) < _hardwareShare;

    private void FireDueEvents()
    {
        while (_timed.NextDue <= Now)
            _timed.TakeFirst().Fire();
    }

    private bool TryJumpAhead(long end)
    {
        long due = _timed.NextDue;
        if (due >= end)
            return false;
        Now = Math.Max(Now, due);
        return true;
    }

    // A driver that polls does not look after every step: seeded, it misses some moments.
    private void LookAtSomeConditions()
    {
        if (_watched.Count != 0)
            EndWaits(oneIn: IsCalm ? 1 : 2);
    }

    private bool EndWaits(int oneIn)
    {
        bool any = false;
        for (int at = 0; at < _watched.Count; at++)
        {
            Wait wait = _watched[at];
            if (oneIn != 1 && !Random.OneIn(oneIn) || !Holds(wait))
                continue;
            _watched.RemoveAt(at--);
            _timed.Remove(wait);
            wait.End(result: true);
            any = true;
        }

        return any;
    }

    private bool Holds(Wait wait)
    {
        bool wasInsideAccess = _isInsideAccess;
        _isInsideAccess = true;
        try
        {
            return wait.IsSatisfied;
        }
        finally
        {
            _isInsideAccess = wasInsideAccess;
        }
    }
}
