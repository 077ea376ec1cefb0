using System.Runtime.InteropServices;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// Lets one piece of asynchronous code in at a time, in the order in which they came. Entering an open lock completes at once and allocates nothing.
/// Not thread-safe: it belongs to the steps of one machine. Not reentrant.
/// </summary>
internal sealed class AsyncLock
{
    private readonly Queue<TaskCompletionSource<Releaser>> _waiting = new();
    private long _entries;
    private bool _isHeld;

    /// <summary>Whether somebody is inside.</summary>
    public bool IsHeld => _isHeld;

    /// <summary>Enters, when it is the caller's turn.</summary>
    /// <returns>Disposing it leaves the lock; more than once does nothing.</returns>
    public ValueTask<Releaser> EnterAsync()
    {
        if (!_isHeld)
            return new ValueTask<Releaser>(Enter());
        // Continuations that ran inside of Leave would run in the middle of somebody else's step.
        TaskCompletionSource<Releaser> turn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Enqueue(turn);
        return new ValueTask<Releaser>(turn.Task);
    }

    private Releaser Enter()
    {
        _isHeld = true;
        return new Releaser(this, ++_entries);
    }

    private void Leave(long entry)
    {
        // Of the latest entry a second time: the lock is open, and nobody waits.
        if (entry != _entries)
            return;
        _isHeld = false;
        if (_waiting.TryDequeue(out TaskCompletionSource<Releaser>? next))
            next.SetResult(Enter());
    }

    /// <summary>One entry into the lock.</summary>
    [StructLayout(LayoutKind.Auto)]
    public readonly struct Releaser(AsyncLock owner, long entry) : IDisposable
    {
        /// <summary>Leaves the lock. Copies of it leave it together.</summary>
        public void Dispose() => owner?.Leave(entry);
    }
}
