using System.Threading.Tasks.Sources;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// Says that something may have changed: whoever waits then looks again, in a step of hardware of its own. Waiting allocates
/// nothing once warm.
/// </summary>
internal sealed class Signal(SeededScheduler scheduler, string name)
{
    private static readonly Action<object?> ResumeWaiter = static waiter => ((Waiter)waiter!).Resume();

    private readonly Queue<Waiter> _waiting = [];
    private readonly Stack<Waiter> _idle = [];

    /// <summary>Waits for the next <see cref="Raise"/>.</summary>
    public ValueTask WaitAsync()
    {
        Waiter waiter = _idle.Count == 0 ? new Waiter(this) : _idle.Pop();
        _waiting.Enqueue(waiter);
        return waiter.Task;
    }

    /// <summary>Wakes everyone who waits now.</summary>
    public void Raise()
    {
        while (_waiting.TryDequeue(out Waiter? waiter))
            scheduler.Enqueue(Party.Hardware, ResumeWaiter, waiter, name);
    }

    private sealed class Waiter(Signal signal) : IValueTaskSource
    {
        private AwaitCore<bool> _core;

        public ValueTask Task => new(this, _core.Token);

        public void Resume() => _core.Set(result: true);

        void IValueTaskSource.GetResult(short token)
        {
            _core.Take(token);
            signal._idle.Push(this);
        }

        ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.Status(token);

        void IValueTaskSource.OnCompleted(
            Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _core.GoOnWith(continuation, state, token);
    }
}
