using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu;

/// <summary>Asks again and again, at growing distances, until a time is over: for what cannot be watched without doing it.</summary>
internal sealed class Polling(IScheduler scheduler, TimeSpan patience)
{
    private static readonly TimeSpan First = TimeSpan.FromMicroseconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(1);

    private readonly long _start = scheduler.Clock.GetTimestamp();
    private TimeSpan _pause = First;

    /// <summary>Waits for the next time.</summary>
    /// <returns>False when the time is over.</returns>
    public async ValueTask<bool> NextAsync()
    {
        if (scheduler.Clock.GetElapsedTime(_start) > patience)
            return false;
        await scheduler.Delay(_pause);
        _pause = _pause * 2 < Longest ? _pause * 2 : Longest;
        return true;
    }
}
