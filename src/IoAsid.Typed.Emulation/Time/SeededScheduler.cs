using System.Diagnostics.CodeAnalysis;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// Runs a machine in steps, one after the other, without threads and without the host's clock. Which step is next depends on the
/// seed only, so that the same seed gives the same run on any machine. As an <see cref="IScheduler"/> it is the processor's;
/// hardware posts by <see cref="Hardware"/>.
/// </summary>
/// <remarks>
/// Not thread-safe. Code that runs in a step must not use <c>ConfigureAwait(false)</c>: what follows would leave the scheduler.
/// When nothing is runnable, time jumps to the next timer.
/// </remarks>
public sealed partial class SeededScheduler : IScheduler
{
    private readonly SchedulerOptions _options;
    private readonly long _stepNanoseconds;
    private readonly PickQueue<Step>[] _queues = [new(), new()];
    private readonly StepContext[] _contexts;
    private readonly PartyScheduler _processor;
    private readonly TimedEvents _timed = new();
    private readonly List<Wait> _watched = [];
    private readonly Stack<Wait> _idleWaits = [];
    private readonly Observers<IStepObserver> _observers = new();
    private readonly Observers<Action<ICollection<string>>> _explainers = new();
    private readonly int _hardwareShare;
    private long _posted;

    /// <summary>A scheduler at time zero.</summary>
    /// <param name="options">How it chooses steps; null for the calm order.</param>
    /// <exception cref="ArgumentOutOfRangeException">A duration or limit of the options is not positive.</exception>
    public SeededScheduler(SchedulerOptions? options = null)
    {
        _options = options ?? new SchedulerOptions();
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(_options.StepDuration, TimeSpan.Zero, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(_options.StepLimit, nameof(options));
        _stepNanoseconds = Nanoseconds.After(0, _options.StepDuration);
        Random = new SeededRandom(_options.Seed);
        Clock = new VirtualClock(this);
        _contexts = [new(this, Party.Processor), new(this, Party.Hardware)];
        _processor = new PartyScheduler(this, Party.Processor);
        Hardware = new PartyScheduler(this, Party.Hardware);
        // Some machines have quick hardware, some have slow hardware: interleavings of the one rarely come up with the other.
        _hardwareShare = 1 + Random.Below(SharesInAll - 1);
    }

    /// <summary>The scheduler as hardware uses it: what it posts and awaits goes on as steps of hardware.</summary>
    public IScheduler Hardware { get; }

    /// <summary>What every choice comes from. Whoever draws from it changes the run.</summary>
    public SeededRandom Random { get; }

    /// <summary>Whether steps run in the order they were posted, and nothing runs inside another step.</summary>
    public bool IsCalm => _options.IsCalm;

    /// <summary>How many steps have been run.</summary>
    public long Steps { get; private set; }

    /// <inheritdoc/>
    public TimeProvider Clock { get; }

    /// <summary>The machine's time in nanoseconds.</summary>
    internal long Now { get; private set; }

    /// <summary>How much of it a step takes, in nanoseconds.</summary>
    internal long StepNanoseconds => _stepNanoseconds;

    /// <summary>The party of the step that is running; outside of one, the processor.</summary>
    internal Party CurrentParty { get; private set; }

    /// <inheritdoc/>
    public void Post(Action step) => _processor.Post(step);

    /// <inheritdoc/>
    public ValueTask Yield() => _processor.Yield();

    /// <inheritdoc/>
    public ValueTask<bool> WaitUntil(Func<bool> condition, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        _processor.WaitUntil(condition, timeout, cancellationToken);

    /// <inheritdoc/>
    public ValueTask Delay(TimeSpan span, CancellationToken cancellationToken = default) => _processor.Delay(span, cancellationToken);

    /// <summary>Has an observer told of every step from now on.</summary>
    /// <param name="observer">Is told before a step runs.</param>
    /// <returns>Disposing it ends that.</returns>
    public IDisposable Observe(IStepObserver observer) => _observers.Add(observer);

    /// <summary>Has a part of the machine asked what it waits for, when a run finds that nothing goes on.</summary>
    /// <param name="explain">Adds a line for each thing waited for; none when it waits for nothing.</param>
    /// <returns>Disposing it ends that.</returns>
    public IDisposable ExplainWaits(Action<ICollection<string>> explain) => _explainers.Add(explain);

    /// <summary>Posts a step under a name for traces.</summary>
    internal void Enqueue(Party party, Delegate callback, object? state, string name)
    {
        if (_isRunning && t_running != this)
            ThrowOutside();
        _queues[(int)party].Add(new Step(callback, state, name, _posted++));
    }

    /// <summary>A wait that is ready to be given out.</summary>
    internal Wait Begin(Party party, string name, Func<bool>? condition = null)
    {
        Wait wait = _idleWaits.Count == 0 ? new Wait(this) : _idleWaits.Pop();
        wait.Begin(party, name, condition);
        return wait;
    }

    /// <summary>Takes back a wait whose result was taken.</summary>
    internal void Recycle(Wait wait) => _idleWaits.Push(wait);

    /// <summary>Looks at a wait's condition between steps from now on.</summary>
    internal void Watch(Wait wait) => _watched.Add(wait);

    internal void FireAfter(TimedEvent item, TimeSpan span) => _timed.Add(item, Nanoseconds.After(Now, span));

    internal void CancelAt(TimedEvent item) => _timed.Remove(item);

    /// <summary>The time of a watched wait is over; the condition may have come to hold in the last moment.</summary>
    internal void TimeOut(Wait wait)
    {
        _watched.Remove(wait);
        wait.End(Holds(wait));
    }

    [DoesNotReturn]
    private static void ThrowOutside() => throw new InvalidOperationException(
        "The scheduler is running, and something outside its steps posts to it. "
        + "Code on a machine must not use threads, nor ConfigureAwait(false).");
}
