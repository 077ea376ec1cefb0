namespace IoAsid.Typed.Iommu;

/// <summary>
/// A lock that asynchronous code holds across awaits. Entries are in the order of the calls. Entering an open lock completes at once and allocates nothing.
/// </summary>
/// <remarks>Not thread-safe: it belongs to the steps of one machine. Not reentrant.</remarks>
public sealed class AsyncLock
{
    private readonly Queue<TaskCompletionSource<AsyncLockEntry>> _waiting = new();
    private long _entries;
    private bool _isHeld;

    /// <summary>Gets a value indicating whether the lock is held.</summary>
    public bool IsHeld => _isHeld;

    /// <summary>Enters the lock after all earlier callers.</summary>
    /// <param name="cancellationToken">Cancels the wait. The turn of a cancelled wait passes to the next caller.</param>
    /// <returns>The entry. Disposing it leaves the lock; a second disposal does nothing.</returns>
    /// <exception cref="OperationCanceledException">The wait was cancelled. The caller does not hold the lock.</exception>
    public ValueTask<AsyncLockEntry> EnterAsync(CancellationToken cancellationToken = default) =>
        cancellationToken.CanBeCanceled && _isHeld ? new(WaitAsync(TakeTurn(), cancellationToken)) : TakeTurn();

    private ValueTask<AsyncLockEntry> TakeTurn()
    {
        if (!_isHeld)
            return new ValueTask<AsyncLockEntry>(Take());
        // Continuations that ran inside of Leave would run in the middle of somebody else's step.
        TaskCompletionSource<AsyncLockEntry> turn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Enqueue(turn);
        return new ValueTask<AsyncLockEntry>(turn.Task);
    }

    private static async Task<AsyncLockEntry> WaitAsync(ValueTask<AsyncLockEntry> turn, CancellationToken cancellationToken)
    {
        Task<AsyncLockEntry> entry = turn.AsTask();
        try
        {
            return await entry.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            _ = LeaveAsync(entry);
            throw;
        }
    }

    private static async Task LeaveAsync(Task<AsyncLockEntry> entry)
    {
        using (await entry)
        {
        }
    }

    private AsyncLockEntry Take()
    {
        _isHeld = true;
        return new AsyncLockEntry(this, ++_entries);
    }

    internal void Leave(long entry)
    {
        // Of the latest entry a second time: the lock is open, and nobody waits.
        if (entry != _entries)
            return;
        _isHeld = false;
        if (_waiting.TryDequeue(out TaskCompletionSource<AsyncLockEntry>? next))
            next.SetResult(Take());
    }
}
