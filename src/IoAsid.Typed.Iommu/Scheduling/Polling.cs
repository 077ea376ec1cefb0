using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// The intervals of a loop that repeats an operation with an effect, such as a command, until it succeeds or a timeout elapses. A condition without an effect
/// is awaited with <see cref="IScheduler.WaitUntil"/>.
/// </summary>
public sealed class Polling
{
    private static readonly TimeSpan FirstInterval = TimeSpan.FromMicroseconds(1);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromMilliseconds(1);

    private readonly IScheduler _scheduler;
    private readonly TimeSpan _timeout;
    private readonly long _start;
    private TimeSpan _interval = FirstInterval;

    /// <summary>Starts the timeout.</summary>
    /// <param name="scheduler">The scheduler of the machine.</param>
    /// <param name="timeout">The timeout, in virtual time.</param>
    public Polling(IScheduler scheduler, TimeSpan timeout)
    {
        ArgumentNullException.ThrowIfNull(scheduler);
        ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.Zero);
        _scheduler = scheduler;
        _timeout = timeout;
        _start = scheduler.Clock.GetTimestamp();
    }

    /// <summary>Waits for the interval before the next attempt: 1 µs at first, then twice as long each time, up to 1 ms.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>true if the operation should be tried again; false if the timeout has elapsed.</returns>
    public async ValueTask<bool> NextAsync(CancellationToken cancellationToken = default)
    {
        if (_scheduler.Clock.GetElapsedTime(_start) > _timeout)
            return false;
        await _scheduler.Delay(_interval, cancellationToken);
        _interval = _interval * 2 < LongestInterval ? _interval * 2 : LongestInterval;
        return true;
    }
}
