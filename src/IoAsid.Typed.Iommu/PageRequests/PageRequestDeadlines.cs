namespace IoAsid.Typed.Iommu;

/// <summary>
/// Answers groups that nobody answers in time, with Invalid Request. All have the same time, so the oldest is the next: one timer serves them.
/// </summary>
internal sealed class PageRequestDeadlines
{
    private readonly TimeProvider _clock;
    private readonly TimeSpan _patience;
    private readonly Queue<PageRequestGroup> _groups = new();
    private readonly ITimer _timer;
    private bool _isArmed;

    public PageRequestDeadlines(TimeProvider clock, TimeSpan patience)
    {
        _clock = clock;
        _patience = patience;
        _timer = clock.CreateTimer(static deadlines => ((PageRequestDeadlines)deadlines!).Expire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How many groups the clock answered.</summary>
    public long Expired { get; private set; }

    /// <summary>How many groups are kept.</summary>
    public int Watched => _groups.Count;

    public void Watch(PageRequestGroup group)
    {
        group.Deadline = _clock.GetTimestamp() + (long)(_patience.TotalSeconds * _clock.TimestampFrequency);
        _groups.Enqueue(group);
        Arm();
    }

    /// <summary>Watches no more.</summary>
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
        DropAnswered();
        if (_isArmed || _groups.Count == 0)
            return;
        _isArmed = true;
        TimeSpan left = _clock.GetElapsedTime(_clock.GetTimestamp(), _groups.Peek().Deadline);
        _timer.Change(left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private void DropAnswered()
    {
        while (_groups.Count > 0 && _groups.Peek().IsAnswered)
            _groups.Dequeue();
    }
}
