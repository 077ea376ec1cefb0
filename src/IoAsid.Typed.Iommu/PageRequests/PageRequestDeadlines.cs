using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// The deadlines of groups of page requests. A group without a response at its deadline gets the response Invalid Request. All groups have the same timeout, so
/// one timer for the oldest group suffices.
/// </summary>
internal sealed class PageRequestDeadlines
{
    private readonly TimeProvider _clock;
    private readonly TimeSpan _timeout;
    private readonly Queue<PageRequestGroup> _groups = new();
    private readonly ITimer _timer;
    private bool _isArmed;

    public PageRequestDeadlines(TimeProvider clock, TimeSpan timeout)
    {
        _clock = clock;
        _timeout = timeout;
        _timer = clock.CreateTimer(static deadlines => ((PageRequestDeadlines)deadlines!).Expire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The number of groups without a response at their deadline.</summary>
    public long Expired { get; private set; }

    /// <summary>The number of groups with a deadline.</summary>
    public int Count => _groups.Count;

    public void Add(PageRequestGroup group)
    {
        group.Deadline = _clock.GetTimestamp() + (long)(_timeout.TotalSeconds * _clock.TimestampFrequency);
        _groups.Enqueue(group);
        Arm();
    }

    /// <summary>Stops the timer.</summary>
    public void Stop() => _timer.Dispose();

    private void Expire()
    {
        _isArmed = false;
        long now = _clock.GetTimestamp();
        while (_groups.TryPeek(out PageRequestGroup? oldest) && oldest.Deadline <= now)
        {
            _groups.Dequeue();
            if (oldest.IsAnswered)
                continue;
            Expired++;
            oldest.Respond(PageResponse.InvalidRequest);
        }

        Arm();
    }

    private void Arm()
    {
        RemoveAnswered();
        if (_isArmed || _groups.Count == 0)
            return;
        _isArmed = true;
        TimeSpan left = _clock.GetElapsedTime(_clock.GetTimestamp(), _groups.Peek().Deadline);
        _timer.Change(left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private void RemoveAnswered()
    {
        while (_groups.Count > 0 && _groups.Peek().IsAnswered)
            _groups.Dequeue();
    }
}
