namespace IoAsid.Typed.Iommu;

/// <summary>
/// A lock that asynchronous code holds across awaits. Callers enter in the order of their calls. Entering a free lock completes synchronously and allocates
/// nothing.
/// </summary>
/// <remarks>The lock is not reentrant and not thread-safe: it runs in steps of one machine.</remarks>
public sealed class AsyncLock
{
    private readonly Queue<TaskCompletionSource<AsyncLockEntry>> _waiting = new();
    private long _entries;
    private bool _isHeld;

    /// <summary>Gets a value indicating whether the lock is held.</summary>
    public bool IsHeld => _isHeld;

    /// <summary>Enters the lock after all earlier callers.</summary>
    /// <param name="cancellationToken">Cancels the wait. The lock then passes to the next caller.</param>
    /// <returns>The entry. Disposing it leaves the lock. A second disposal does nothing.</returns>
    /// <exception cref="OperationCanceledException">The wait was cancelled. The caller does not hold the lock.</exception>
    public ValueTask<AsyncLockEntry> EnterAsync(CancellationToken cancellationToken = default) =>
        cancellationToken.CanBeCanceled && _isHeld ? new(WaitAsync(EnterInOrderAsync(), cancellationToken)) : EnterInOrderAsync();

    private ValueTask<AsyncLockEntry> EnterInOrderAsync()
    {
        if (!_isHeld)
            return new ValueTask<AsyncLockEntry>(Acquire());
        // Continuations must not run inside the call that leaves the lock.
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

    private static async Task LeaveAsync(Task<AsyncLockEntry> entry) => (await entry).Dispose();

    private AsyncLockEntry Acquire()
    {
        _isHeld = true;
        return new AsyncLockEntry(this, ++_entries);
    }

    internal void Leave(long entry)
    {
        // A second Dispose of the latest entry: the lock is already free.
        if (entry != _entries)
            return;
        _isHeld = false;
        if (_waiting.TryDequeue(out TaskCompletionSource<AsyncLockEntry>? next))
            next.SetResult(Acquire());
    }
}
