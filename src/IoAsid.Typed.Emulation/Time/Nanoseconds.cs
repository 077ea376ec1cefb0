namespace IoAsid.Typed.Emulation;

/// <summary>The unit in which the machine's time is kept.</summary>
internal static class Nanoseconds
{
    public const long PerSecond = 1_000_000_000;

    private const long PerTick = PerSecond / TimeSpan.TicksPerSecond;

    /// <summary>A time so late that it never comes; additions to the machine's time stay below it.</summary>
    public const long Never = long.MaxValue;

    public static TimeSpan ToTimeSpan(long nanoseconds) => new(nanoseconds / PerTick);

    /// <summary>When a span that starts now is over.</summary>
    public static long After(long now, TimeSpan span) =>
        span.Ticks >= (Never - now) / PerTick ? Never - 1 : now + span.Ticks * PerTick;
}
