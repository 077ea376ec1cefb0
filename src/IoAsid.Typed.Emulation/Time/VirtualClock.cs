namespace IoAsid.Typed.Emulation;

/// <summary>
/// The clock of a machine: the virtual time in nanoseconds since the start, which is midnight of 1 January 2000 UTC. It moves with steps, not with the
/// host's time.
/// </summary>
internal sealed class VirtualClock(SeededScheduler scheduler) : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => Nanoseconds.PerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long GetTimestamp() => scheduler.Now;

    public override DateTimeOffset GetUtcNow() => Start + Nanoseconds.ToTimeSpan(scheduler.Now);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        VirtualTimer timer = new(scheduler, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }
}
