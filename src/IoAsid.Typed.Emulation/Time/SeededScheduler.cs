using System.Diagnostics.CodeAnalysis;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// Runs a machine in steps, one after the other, without threads and without the host's clock. The seed alone decides which step is
/// next, so that the same seed gives the same run on any machine. As an <see cref="IScheduler"/> it is the scheduler of the processor; hardware posts by
/// <see cref="Hardware"/>.
/// </summary>
/// <remarks>
/// Not thread-safe. When nothing is runnable, time jumps to the next timer.
/// Code that runs in a step does not use <c>ConfigureAwait(false)</c>: after a task that a thread completes, it would leave the scheduler. There is one exception. Code of a
/// device may use it on what the device's own <see cref="DmaMaster"/>, a <see cref="Signal"/> and <see cref="Hardware"/> return. These complete in a step of hardware, and
/// the code then continues inside that step; without it, the code continues in a step more. Either is correct.
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
    /// <param name="options">How it chooses steps; null for the calm order.</param>
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
        _queues = new StepQueues(Random, IsCalm);
        _steps = new StepRunner(this, _queues, _time);
        _preemption = new Preemption(_steps, _queues, Random, IsCalm);
        _conditions = new WatchedConditions(_time, _preemption, Random, IsCalm);
    }

    /// <summary>The scheduler as hardware uses it: what it posts and awaits goes on as steps of hardware.</summary>
    public IScheduler Hardware { get; }

    /// <summary>Whether steps run in the order they were posted, and nothing runs inside another step.</summary>
    public bool IsCalm => _options.IsCalm;

    /// <summary>The number of steps so far.</summary>
    public long Steps => _steps.Steps;

    /// <inheritdoc/>
    public TimeProvider Clock { get; }

    /// <summary>The source of every choice. Whoever draws from it changes the run.</summary>
    internal SeededRandom Random { get; }

    /// <summary>The machine's time in nanoseconds.</summary>
    internal long Now => _time.Now;

    /// <summary>The duration of a step in nanoseconds.</summary>
    internal long StepNanoseconds => _time.StepNanoseconds;

    /// <summary>The party of the step that is running; outside of one, the processor.</summary>
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

    /// <summary>Has a part of the machine asked what it waits for, when a run ends in a deadlock, until the returned object is disposed.</summary>
    /// <param name="explain">Adds a line for each thing waited for; none when it waits for nothing.</param>
    /// <returns>Disposing it ends that.</returns>
    public IDisposable ExplainWaits(Action<ICollection<string>> explain) => _explainers.Add(explain);

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
        _time.AdvanceTo(end);
    }

    /// <summary>Has an observer told of every step from now on, before it runs, until the returned object is disposed.</summary>
    internal IDisposable Observe(IStepObserver observer) => _steps.Observe(observer);

    /// <inheritdoc cref="Preemption.BeforeAccess"/>
    internal void BeforeProcessorAccess() => _preemption.BeforeAccess();

    /// <inheritdoc cref="Preemption.BeforePoll"/>
    internal void BeforePoll() => _preemption.BeforePoll();

    /// <summary>Posts a step under a name for traces.</summary>
    internal void Enqueue(Party party, Delegate callback, object? state, string name)
    {
        if (_isRunning && t_running != this)
            ThrowOutside();
        _queues.Add(party, callback, state, name);
    }

    /// <summary>Returns a wait that is ready to be given out.</summary>
    internal Wait Begin(Party party, string name, Func<bool>? condition = null)
    {
        Wait wait = _idleWaits.Count == 0 ? new Wait(this) : _idleWaits.Pop();
        wait.Begin(party, name, condition);
        return wait;
    }

    /// <summary>Takes back a wait whose result was taken.</summary>
    internal void Recycle(Wait wait) => _idleWaits.Push(wait);

    /// <summary>Looks at the condition of a wait between steps from now on.</summary>
    internal void Watch(Wait wait) => _conditions.Add(wait);

    /// <inheritdoc cref="WatchedConditions.TimeOut"/>
    internal void TimeOut(Wait wait) => _conditions.TimeOut(wait);

    internal void FireAfter(TimedEvent item, TimeSpan span) => _time.FireAfter(item, span);

    internal void CancelAt(TimedEvent item) => _time.Cancel(item);

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
        _preemption.IsRunning = isRunning;
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
                _conditions.EndSome();
            }
            else if (!_conditions.EndAll() && !_time.TryJumpAhead(end))
            {
                return;
            }
        }
    }

    [DoesNotReturn]
    private static void ThrowOutside() => throw new InvalidOperationException(
        "The scheduler is running, and something outside its steps posts to it. "
        + "Code on a machine must not use threads, nor ConfigureAwait(false).");
}
