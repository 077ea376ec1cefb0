using System.Threading.Tasks.Sources;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// What <see cref="IScheduler"/> gives out to await. It completes in a step of its own, and the code that awaits it goes on
/// inside that step. Used again after its result was taken, so that waiting allocates nothing.
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

    /// <summary>Whether the condition holds now.</summary>
    public bool IsSatisfied => _condition!();

    /// <summary>Makes a wait that was used before, or a new one, ready.</summary>
    public void Begin(Party party, string name, Func<bool>? condition)
    {
        _party = party;
        _name = name;
        _condition = condition;
    }

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

    private void Resume() => _core.Set(_result);

    void IValueTaskSource.GetResult(short token) => Take(token);

    bool IValueTaskSource<bool>.GetResult(short token) => Take(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.Status(token);

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _core.Status(token);

    void IValueTaskSource.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.GoOnWith(continuation, state, token);

    void IValueTaskSource<bool>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.GoOnWith(continuation, state, token);

    private bool Take(short token)
    {
        bool result = _core.Take(token);
        _condition = null;
        scheduler.Recycle(this);
        return result;
    }
}
