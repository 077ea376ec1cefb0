namespace IoAsid.Typed.Emulation;

/// <summary>
/// The machine's time: nanoseconds since it was switched on, at midnight of 1 January 2000 UTC. It moves with steps, not with the
/// host's time.
/// </summary>
internal sealed class VirtualClock(SeededScheduler scheduler) : TimeProvider
{
    private static readonly DateTimeOffset SwitchedOn = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => Nanoseconds.PerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long GetTimestamp() => scheduler.Now;

    public override DateTimeOffset GetUtcNow() => SwitchedOn + Nanoseconds.ToTimeSpan(scheduler.Now);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        VirtualTimer timer = new(scheduler, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }
}
