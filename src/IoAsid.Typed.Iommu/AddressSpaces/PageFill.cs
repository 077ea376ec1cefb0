namespace IoAsid.Typed.Iommu;

/// <summary>A page that its source is filling, with the waiters for the page.</summary>
internal sealed class PageFill(ulong page, ulong frame)
{
    // Continuations must not run inside the call that abandons or finishes the fill.
    private readonly TaskCompletionSource<PageFaultOutcome?> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The address of the page in the process.</summary>
    public ulong Page => page;

    /// <summary>The physical address of the frame that the page will have.</summary>
    public ulong Frame => frame;

    /// <summary>Gets a value indicating whether the page is no longer wanted. Its frame is then free.</summary>
    public bool IsAbandoned { get; private set; }

    /// <summary>The task that completes with a failure, or with null if the fault must be tried again.</summary>
    public Task<PageFaultOutcome?> Done => _done.Task;

    public void Abandon()
    {
        IsAbandoned = true;
        _done.SetResult(null);
    }

    public void Finish(PageFaultOutcome? outcome) => _done.SetResult(outcome);

    public void Fail(Exception failure) => _done.SetException(failure);
}
