using System.Threading.Tasks.Sources;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// The operation behind the tasks of <see cref="IScheduler"/>. It completes in a step of its own, and the awaiting code continues inside that step. It
/// returns to a pool when its result is read, so that waiting allocates nothing.
/// </summary>
internal sealed class Wait(SeededScheduler scheduler) : TimedEvent, IValueTaskSource, IValueTaskSource<bool>
{
    private static readonly Action<object?> ResumeWait = static wait => ((Wait)wait!).Resume();

    private AwaitCore<bool> _core;
    private Party _party;
    private string _name = "";
    private Func<bool>? _condition;
    private bool _result;

    public ValueTask Task => new(this, _core.Token);

    public ValueTask<bool> ResultTask => new(this, _core.Token);

    /// <summary>Gets a value indicating whether the condition holds now.</summary>
    public bool IsSatisfied => _condition!();

    /// <summary>Prepares a new or returned wait for use.</summary>
    public void Prepare(Party party, string name, Func<bool>? condition)
    {
        _party = party;
        _name = name;
        _condition = condition;
    }

    /// <summary>Completes the wait: posts the step in which the awaiting code continues.</summary>
    public void Complete(bool result)
    {
        _result = result;
        scheduler.Enqueue(_party, ResumeWait, this, _name);
    }

    internal override void Fire()
    {
        if (_condition is not null)
            scheduler.TimeOut(this);
        else
            Complete(result: true);
    }

    private void Resume() => _core.SetResult(_result);

    void IValueTaskSource.GetResult(short token) => Take(token);

    bool IValueTaskSource<bool>.GetResult(short token) => Take(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token);

    void IValueTaskSource<bool>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token);

    private bool Take(short token)
    {
        bool result = _core.GetResult(token);
        _condition = null;
        scheduler.ReturnWait(this);
        return result;
    }
}
