namespace IoAsid.Typed.Iommu;

/// <summary>A page that its source is filling, and those who wait for it.</summary>
internal sealed class PageFill(ulong page, ulong frame)
{
    // Continuations that ran inside would run in the middle of whoever abandons or finishes it.
    private readonly TaskCompletionSource<PageFaultOutcome?> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The address in the process.</summary>
    public ulong Page => page;

    /// <summary>Where it will be.</summary>
    public ulong Frame => frame;

    /// <summary>Nobody wants the page any more, and the frame has been given back.</summary>
    public bool IsAbandoned { get; private set; }

    /// <summary>Complete when there is something new: an outcome, or null to look again.</summary>
    public Task<PageFaultOutcome?> Done => _done.Task;

    public void Abandon()
    {
        IsAbandoned = true;
        _done.SetResult(null);
    }

    public void Finish(PageFaultOutcome? outcome) => _done.SetResult(outcome);

    public void Fail(Exception failure) => _done.SetException(failure);
}
