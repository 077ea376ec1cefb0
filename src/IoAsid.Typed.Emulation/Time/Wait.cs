using System.Threading.Tasks.Sources;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// What <see cref="IScheduler"/> gives out to await. It completes in a step of its own, and the code that awaits it goes on inside that step. Used
/// again after its result was taken, so that waiting allocates nothing.
/// </summary>
internal sealed class Wait(SeededScheduler scheduler) : TimedEvent, IValueTaskSource, IValueTaskSource<bool>
{
    private static readonly Action<object?> ResumeWait = static wait => ((Wait)wait!).Resume();

    private Party _party;
    private string _name = "";
    private Func<bool>? _condition;
    private Action<object?>? _continuation;
    private object? _continuationState;
    private bool _isDone;
    private bool _result;
    private short _token;

    public ValueTask Task => new(this, _token);

    public ValueTask<bool> ResultTask => new(this, _token);

    /// <summary>Makes a wait that was used before, or a new one, ready.</summary>
    public void Begin(Party party, string name, Func<bool>? condition)
    {
        _party = party;
        _name = name;
        _condition = condition;
        _isDone = false;
    }

    /// <summary>Whether the condition holds now.</summary>
    public bool IsSatisfied => _condition!();

    /// <summary>The wait is over: posts the step in which the code that awaits goes on.</summary>
    public void End(bool result)
    {
        _result = result;
        scheduler.Enqueue(_party, ResumeWait, this, _name);
    }

    internal override void Fire()
    {
        if (_condition is not null)
            scheduler.TimeOut(this);
        else
            End(result: true);
    }

    private void Resume()
    {
        _isDone = true;
        if (_continuation is not { } continuation)
            return;
        object? state = _continuationState;
        _continuation = null;
        _continuationState = null;
        continuation(state);
    }

    void IValueTaskSource.GetResult(short token) => Take(token);

    bool IValueTaskSource<bool>.GetResult(short token) => Take(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => Status(token);

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => Status(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        GoOnWith(continuation, state, token);

    void IValueTaskSource<bool>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        GoOnWith(continuation, state, token);

    private void GoOnWith(Action<object?> continuation, object? state, short token)
    {
        CheckToken(token);
        if (_isDone)
        {
            scheduler.Enqueue(_party, continuation, state, _name);
            return;
        }

        if (_continuation is not null)
            throw new InvalidOperationException("What the scheduler returns can be awaited once.");
        _continuation = continuation;
        _continuationState = state;
    }

    private ValueTaskSourceStatus Status(short token)
    {
        CheckToken(token);
        return _isDone ? ValueTaskSourceStatus.Succeeded : ValueTaskSourceStatus.Pending;
    }

    private bool Take(short token)
    {
        CheckToken(token);
        if (!_isDone)
            throw new InvalidOperationException("What the scheduler returns must be awaited; blocking on it would wait for ever.");
        bool result = _result;
        _token++;
        _condition = null;
        scheduler.Recycle(this);
        return result;
    }

    private void CheckToken(short token)
    {
        if (token != _token)
            throw new InvalidOperationException("What the scheduler returns can be awaited once.");
    }
}
