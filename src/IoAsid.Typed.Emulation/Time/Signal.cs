using System.Threading.Tasks.Sources;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// A notice to the parts of a device that something may have changed. Each part that waits looks again, in a step of hardware of its own. Waiting allocates nothing once
/// warm.
/// </summary>
public sealed class Signal
{
    private static readonly Action<object?> ResumeWaiter = static waiter => ((Waiter)waiter!).Resume();

    private readonly SeededScheduler _scheduler;
    private readonly string _name;
    private readonly Queue<Waiter> _waiting = [];
    private readonly Stack<Waiter> _idle = [];

    /// <summary>Creates a signal that no part waits for.</summary>
    /// <param name="scheduler">The scheduler of the machine.</param>
    /// <param name="name">The name of the steps of waiting parts in traces, the same in every run.</param>
    public Signal(SeededScheduler scheduler, string name)
    {
        ArgumentNullException.ThrowIfNull(scheduler);
        ArgumentException.ThrowIfNullOrEmpty(name);
        _scheduler = scheduler;
        _name = name;
    }

    /// <summary>Waits for the next <see cref="Raise"/>. A raise before the wait does not count, so look first and wait then.</summary>
    /// <returns>A task that completes in a step of hardware. It is awaited once.</returns>
    public ValueTask WaitAsync()
    {
        Waiter waiter = _idle.Count == 0 ? new Waiter(this) : _idle.Pop();
        _waiting.Enqueue(waiter);
        return waiter.Task;
    }

    /// <summary>Posts a step for each part that waits now.</summary>
    public void Raise()
    {
        while (_waiting.TryDequeue(out Waiter? waiter))
            _scheduler.Enqueue(Party.Hardware, ResumeWaiter, waiter, _name);
    }

    private sealed class Waiter(Signal signal) : IValueTaskSource
    {
        private AwaitCore<bool> _core;

        public ValueTask Task => new(this, _core.Token);

        public void Resume() => _core.SetResult(result: true);

        void IValueTaskSource.GetResult(short token)
        {
            _core.GetResult(token);
            signal._idle.Push(this);
        }

        ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

        void IValueTaskSource.OnCompleted(
            Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _core.OnCompleted(continuation, state, token);
    }
}
