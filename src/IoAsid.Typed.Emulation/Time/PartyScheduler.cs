using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>The scheduler of one party. All steps that are posted here are steps of this party.</summary>
internal sealed class PartyScheduler(SeededScheduler scheduler, Party party) : IScheduler
{
    public TimeProvider Clock => scheduler.Clock;

    /// <inheritdoc cref="SeededScheduler.IsFifo"/>
    public bool IsFifo => scheduler.IsFifo;

    public void Post(Action step)
    {
        ArgumentNullException.ThrowIfNull(step);
        scheduler.Enqueue(party, step, null, "posted");
    }

    public ValueTask Yield()
    {
        Wait wait = scheduler.RentWait(party, "yield");
        wait.Complete(result: true);
        return wait.Task;
    }

    public ValueTask<bool> WaitUntil(Func<bool> condition, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(condition);
        ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.Zero);
        Wait wait = scheduler.RentWait(party, "poll", condition);
        scheduler.Watch(wait);
        scheduler.FireAfter(wait, timeout);
        return cancellationToken.CanBeCanceled ? new(wait.ResultTask.AsTask().WaitAsync(cancellationToken)) : wait.ResultTask;
    }

    public ValueTask Delay(TimeSpan span, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(span, TimeSpan.Zero);
        Wait wait = scheduler.RentWait(party, "delay");
        scheduler.FireAfter(wait, span);
        return cancellationToken.CanBeCanceled ? new(wait.Task.AsTask().WaitAsync(cancellationToken)) : wait.Task;
    }
}
