using System.Diagnostics.CodeAnalysis;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// The scheduler of a machine. It runs steps one after the other, without threads and without the host's clock. The seed alone decides the order, so
/// the same seed gives the same run on any machine. The members of <see cref="IScheduler"/> post steps of the processor. <see cref="Hardware"/> posts steps
/// of hardware.
/// </summary>
/// <remarks>
/// Not thread-safe. When no step can run, time jumps to the next timer.
/// Code in a step must not use <c>ConfigureAwait(false)</c>: after a task that another thread completes, it would leave the scheduler. There is one exception. A device may use
/// it on the tasks of its <see cref="DmaMaster"/>, of a <see cref="Signal"/> and of <see cref="Hardware"/>. These tasks complete in a step of hardware, and the code continues
/// inside that step. Without <c>ConfigureAwait(false)</c> it continues in an additional step. Both are correct.
/// </remarks>
public sealed class SeededScheduler : IScheduler
{
    [ThreadStatic]
    private static SeededScheduler? t_running;

    private readonly SchedulerOptions _options;
    private readonly MachineTime _time;
    private readonly StepQueues _queues;
    private readonly StepRunner _steps;
    private readonly Preemption _preemption;
    private readonly WatchedConditions _conditions;
    private readonly PartyScheduler _processor;
    private readonly Stack<Wait> _idleWaits = [];
    private readonly Observers<Action<ICollection<string>>> _explainers = new();
    private bool _isRunning;

    /// <summary>Creates a scheduler at time zero.</summary>
    /// <param name="options">The options; null for FIFO order.</param>
    /// <exception cref="ArgumentOutOfRangeException">A duration or limit of the options is not positive.</exception>
    public SeededScheduler(SchedulerOptions? options = null)
    {
        _options = options ?? new SchedulerOptions();
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(_options.StepDuration, TimeSpan.Zero, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(_options.StepLimit, nameof(options));
        Random = new SeededRandom(_options.Seed);
        Clock = new VirtualClock(this);
        Hardware = new PartyScheduler(this, Party.Hardware);
        _processor = new PartyScheduler(this, Party.Processor);
        _time = new MachineTime(Nanoseconds.After(0, _options.StepDuration));
        _queues = new StepQueues(Random, IsFifo);
        _steps = new StepRunner(this, _queues, _time);
        _preemption = new Preemption(_steps, _queues, Random, IsFifo);
        _conditions = new WatchedConditions(_time, _preemption, Random, IsFifo);
    }

    /// <summary>The scheduler of hardware. Work that is posted or awaited here continues as steps of hardware.</summary>
    public IScheduler Hardware { get; }

    /// <summary>Gets a value indicating whether steps run in the order in which they were posted, without preemption.</summary>
    public bool IsFifo => _options.IsFifo;

    /// <summary>The number of steps so far.</summary>
    public long Steps => _steps.Steps;

    /// <inheritdoc/>
    public TimeProvider Clock { get; }

    /// <summary>The source of all choices. Each number drawn from it changes the run.</summary>
    internal SeededRandom Random { get; }

    /// <summary>Gets a value indicating whether the caller runs in a step of this scheduler.</summary>
    internal bool IsRunningHere => t_running == this;

    /// <summary>The virtual time, in nanoseconds.</summary>
    internal long Now => _time.Now;

    /// <summary>The duration of a step, in nanoseconds.</summary>
    internal long StepNanoseconds => _time.StepNanoseconds;

    /// <summary>The party of the current step; the processor outside of steps.</summary>
    internal Party CurrentParty => _steps.CurrentParty;

    /// <inheritdoc/>
    public void Post(Action step) => _processor.Post(step);

    /// <inheritdoc/>
    public ValueTask Yield() => _processor.Yield();

    /// <inheritdoc/>
    public ValueTask<bool> WaitUntil(Func<bool> condition, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        _processor.WaitUntil(condition, timeout, cancellationToken);

    /// <inheritdoc/>
    public ValueTask Delay(TimeSpan span, CancellationToken cancellationToken = default) => _processor.Delay(span, cancellationToken);

    /// <summary>Registers a function that describes the waits of a part of the machine. The function is called when a run ends in a deadlock.</summary>
    /// <param name="explain">The function. It adds a line for each wait, and none if the part does not wait.</param>
    /// <returns>The registration. Its disposal removes the function.</returns>
    public IDisposable ExplainWaits(Action<ICollection<string>> explain) => _explainers.Add(explain);

    /// <summary>Runs until no step can run and no timer is set.</summary>
    /// <exception cref="StepLimitException">The run took more steps than the limit.</exception>
    /// <exception cref="InvalidOperationException">The call came from inside a step. Nothing changed.</exception>
    public void Run() => RunSteps(until: null, Nanoseconds.Never);

    /// <summary>Runs until a task is complete. Other steps that can run stay queued.</summary>
    /// <param name="task">The task. If it fails, its exception is thrown.</param>
    /// <exception cref="DeadlockException">The task is not complete, no step can run, and no timer is set.</exception>
    /// <exception cref="StepLimitException">The run took more steps than the limit.</exception>
    /// <exception cref="InvalidOperationException">The call came from inside a step. Nothing changed.</exception>
    public void Run(Task task)
    {
        Complete(task);
        task.GetAwaiter().GetResult();
    }

    /// <summary>Runs code as steps of the processor until it is complete. Other steps that can run stay queued.</summary>
    /// <param name="work">The code. If it fails, its exception is thrown.</param>
    /// <exception cref="DeadlockException">The task is not complete, no step can run, and no timer is set.</exception>
    /// <exception cref="StepLimitException">The run took more steps than the limit.</exception>
    /// <exception cref="InvalidOperationException">The call came from inside a step. Nothing changed.</exception>
    public void Run(Func<Task> work) => Run(Start(work).Unwrap());

    /// <summary>Runs code as steps of the processor until it is complete. Other steps that can run stay queued.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="work">The code. If it fails, its exception is thrown.</param>
    /// <returns>The result of the code.</returns>
    /// <exception cref="DeadlockException">The task is not complete, no step can run, and no timer is set.</exception>
    /// <exception cref="StepLimitException">The run took more steps than the limit.</exception>
    /// <exception cref="InvalidOperationException">The call came from inside a step. Nothing changed.</exception>
    public T Run<T>(Func<Task<T>> work)
    {
        Task<T> task = Start(work).Unwrap();
        Complete(task);
        return task.GetAwaiter().GetResult();
    }

    /// <summary>Runs for a span of virtual time.</summary>
    /// <param name="span">The span, in virtual time.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="span"/> is negative.</exception>
    /// <exception cref="StepLimitException">The run took more steps than the limit.</exception>
    /// <exception cref="InvalidOperationException">The call came from inside a step. Nothing changed.</exception>
    public void RunFor(TimeSpan span)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(span, TimeSpan.Zero);
        long end = Nanoseconds.After(Now, span);
        RunSteps(until: null, end);
        _time.AdvanceTo(end);
    }

    /// <summary>Notifies an observer of each step before it runs, until the returned object is disposed.</summary>
    internal IDisposable Observe(IStepObserver observer) => _steps.Observe(observer);

    /// <inheritdoc cref="Preemption.BeforeAccess"/>
    internal void BeforeProcessorAccess() => _preemption.BeforeAccess();

    /// <inheritdoc cref="Preemption.BeforePoll"/>
    internal void BeforePoll() => _preemption.BeforePoll();

    /// <summary>Posts a step. Its name appears in traces.</summary>
    internal void Enqueue(Party party, Delegate callback, object? state, string name)
    {
        if (_isRunning && t_running != this)
            ThrowOutside();
        _queues.Add(party, callback, state, name);
    }

    /// <summary>Takes a wait from the pool and prepares it.</summary>
    internal Wait RentWait(Party party, string name, Func<bool>? condition = null)
    {
        Wait wait = _idleWaits.Count == 0 ? new Wait(this) : _idleWaits.Pop();
        wait.Prepare(party, name, condition);
        return wait;
    }

    /// <summary>Returns a wait to the pool after its result was read.</summary>
    internal void ReturnWait(Wait wait) => _idleWaits.Push(wait);

    /// <summary>Adds a wait whose condition is evaluated between steps.</summary>
    internal void Watch(Wait wait) => _conditions.Add(wait);

    /// <inheritdoc cref="WatchedConditions.TimeOut"/>
    internal void TimeOut(Wait wait) => _conditions.TimeOut(wait);

    internal void FireAfter(TimedEvent item, TimeSpan span) => _time.FireAfter(item, span);

    internal void Cancel(TimedEvent item) => _time.Cancel(item);

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
            throw new InvalidOperationException("The machine is already running. Inside a step, await the work instead.");
        SynchronizationContext? outer = SynchronizationContext.Current;
        SeededScheduler? outerScheduler = t_running;
        t_running = this;
        SetRunning(true);
        try
        {
            RunLoop(until, end);
        }
        finally
        {
            SetRunning(false);
            t_running = outerScheduler;
            _steps.Leave(outer);
        }
    }

    private void SetRunning(bool isRunning)
    {
        _isRunning = isRunning;
        _preemption.SetRunning(isRunning);
    }

    private void RunLoop(Task? until, long end)
    {
        long limit = _options.StepLimit > long.MaxValue - Steps ? long.MaxValue : Steps + _options.StepLimit;
        while (until is not { IsCompleted: true } && Now < end)
        {
            _time.FireDue();
            if (_queues.TryChooseParty(out Party party))
            {
                if (Steps >= limit)
                    throw new StepLimitException(_options.StepLimit, _queues.FirstName(party));
                _steps.Run(party);
                _preemption.ThrowFailure();
                _conditions.CompleteSome();
            }
            else if (!_conditions.CompleteAll() && !_time.TryJumpAhead(end))
            {
                return;
            }
        }
    }

    [DoesNotReturn]
    private static void ThrowOutside() => throw new InvalidOperationException(
        "Code outside of the scheduler's steps posted a step while the scheduler runs. "
        + "Do not use threads or ConfigureAwait(false) in code on a machine.");
}
