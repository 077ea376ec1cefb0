using System.Threading.Tasks.Sources;

namespace IoAsid.Typed.Linux;

/// <summary>The wait for a file to become readable. One wait at a time. A wait allocates no memory.</summary>
internal sealed class Readiness : IValueTaskSource
{
    private readonly object _gate = new();
    private readonly EventLoop _loop;
    private readonly ulong _key;
    private readonly string _name;

    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _cancellation;
    private bool _isWaiting; // Guarded by _gate.
    private FileHandle? _added; // Guarded by _gate.
    private bool _isClosed; // Guarded by _gate.

    public Readiness(EventLoop loop, string name)
    {
        _loop = loop;
        _name = name;
        _key = loop.CreateKey();
    }

    /// <summary>Completes when the file can be read, or its other end is closed.</summary>
    /// <param name="file">The same file each time.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="InvalidOperationException">Another wait is under way.</exception>
    /// <exception cref="ObjectDisposedException">The file was closed before or during the wait.</exception>
    public ValueTask WaitAsync(FileHandle file, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        short version;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, _name);
            if (_isWaiting)
                throw new InvalidOperationException($"Something else waits for the {_name} already. Read it in one place, and serve what is read in others.");

            _core.Reset();
            using HandleUse use = new(file);
            _loop.Arm(this, _key, file.Descriptor, isAdded: _added is not null);
            _added = file;
            _isWaiting = true;
            version = _core.Version;
        }

        // Outside of the lock: the registration runs the callback at once if the token is cancelled by now.
        _cancellation = cancellationToken.UnsafeRegister(static (state, token) => ((Readiness)state!).Cancel(token), this);
        return new(this, version);
    }

    /// <summary>Completes the wait, because the file can be read.</summary>
    public void Signal()
    {
        if (TryEnd())
            _core.SetResult(true);
    }

    /// <summary>Ends the wait, and refuses further ones. The file can be watched by something else then, or closed.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            if (_added is { IsClosed: false } file)
            {
                using HandleUse use = new(file);
                _loop.Remove(file.Descriptor);
            }
        }

        _loop.Disarm(_key);
        if (TryEnd())
            _core.SetException(new ObjectDisposedException(_name));
    }

    void IValueTaskSource.GetResult(short token)
    {
        _cancellation.Dispose();
        _core.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private void Cancel(CancellationToken cancellationToken)
    {
        _loop.Disarm(_key);
        if (TryEnd())
            _core.SetException(new OperationCanceledException(cancellationToken));
    }

    private bool TryEnd()
    {
        lock (_gate)
        {
            bool was = _isWaiting;
            _isWaiting = false;
            return was;
        }
    }
}
