namespace IoAsid.Typed.Iommu;

/// <summary>An operation that runs once. Each later call waits for that run, and fails with the same exception.</summary>
internal sealed class SingleRun
{
    private TaskCompletionSource? _run;

    /// <summary>Gets a value indicating whether the run has begun.</summary>
    public bool HasBegun => _run is not null;

    /// <summary>Runs the operation, or waits for the run that has begun.</summary>
    public async ValueTask RunAsync(Func<ValueTask> operation)
    {
        if (_run is { } pending)
        {
            await pending.Task;
            return;
        }

        // Set before the operation begins, because the operation may call this method.
        _run = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            await operation();
            _run.SetResult();
        }
        catch (Exception failure)
        {
            _run.SetException(failure);
            throw;
        }
    }
}
