using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// A loop that repeats an operation at growing distances until it succeeds or a timeout is over, for an operation that has an effect, such as sending a command. A condition
/// without an effect is awaited with <see cref="IScheduler.WaitUntil"/>.
/// </summary>
public sealed class Polling
{
    private static readonly TimeSpan First = TimeSpan.FromMicroseconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(1);

    private readonly IScheduler _scheduler;
    private readonly TimeSpan _timeout;
    private readonly long _start;
    private TimeSpan _pause = First;

    /// <summary>Begins the timeout.</summary>
    /// <param name="scheduler">The scheduler of the machine.</param>
    /// <param name="timeout">The timeout, in the machine's time.</param>
    public Polling(IScheduler scheduler, TimeSpan timeout)
    {
        ArgumentNullException.ThrowIfNull(scheduler);
        ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.Zero);
        _scheduler = scheduler;
        _timeout = timeout;
        _start = scheduler.Clock.GetTimestamp();
    }

    /// <summary>Waits until the next attempt: 1 µs at first, then twice as long each time, up to 1 ms.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>True if the operation is to be tried again; false if the timeout is over.</returns>
    public async ValueTask<bool> NextAsync(CancellationToken cancellationToken = default)
    {
        if (_scheduler.Clock.GetElapsedTime(_start) > _timeout)
            return false;
        await _scheduler.Delay(_pause, cancellationToken);
        _pause = _pause * 2 < Longest ? _pause * 2 : Longest;
        return true;
    }
}
