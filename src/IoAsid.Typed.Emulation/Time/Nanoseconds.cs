namespace IoAsid.Typed.Emulation;

/// <summary>The unit of virtual time inside the scheduler.</summary>
internal static class Nanoseconds
{
    public const long PerSecond = 1_000_000_000;

    private const long PerTick = PerSecond / TimeSpan.TicksPerSecond;

    /// <summary>A time that is never reached. Additions to virtual time saturate below it.</summary>
    public const long Never = long.MaxValue;

    public static TimeSpan ToTimeSpan(long nanoseconds) => new(nanoseconds / PerTick);

    /// <summary>Returns the end of a span that starts now.</summary>
    public static long After(long now, TimeSpan span) =>
        span.Ticks >= (Never - now) / PerTick ? Never - 1 : now + span.Ticks * PerTick;
}
