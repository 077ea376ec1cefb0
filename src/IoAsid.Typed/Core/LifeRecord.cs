namespace IoAsid.Typed.Core;

/// <summary>
/// The state that only few lives need: bindings, a private id, waiters for the reclaim, pending events, tracked holders. A life has at most
/// one record, made on first use.
/// </summary>
/// <remarks>All state is guarded by the record's lock. An operation reserves room for the events that it causes before it changes anything, so that no event is lost to a lack of memory.</remarks>
internal sealed class LifeRecord(Life life)
{
    // Freed and Reclaimed occur once in each life, also when memory is short.
    private const int CertainEvents = 2;

    private readonly UninterruptedLock _lock = new();
    private readonly Queue<IoAsidEvent> _pending = new(2 * CertainEvents);
    private TaskCompletionSource? _end;
    private List<IoAsidHolder>? _holders;
    private PrivateIoAsid? _privateId;
    private bool _notifying;
    private bool _over;

    public Life Life { get; } = life;

    public RawIoAsid Id => new(Life.Id);

    public uint Generation => Life.Generation;

    /// <summary>The notifier that has this record in its backlog. Used by the notifying thread only.</summary>
    public Observation.Notifier? Notifier { get; set; }

    /// <summary>The next record in that backlog.</summary>
    public LifeRecord? NextInBacklog { get; set; }

    /// <summary>The private id of the life. Changed only by the thread that set the life's <see cref="LifeWord.Writing"/> flag, and by the free.</summary>
    public PrivateIoAsid? PrivateId
    {
        get
        {
            // The value is two words, and threads without that flag read it for events.
            using (_lock.Enter())
                return _privateId;
        }

        set
        {
            using (_lock.Enter())
                _privateId = value;
        }
    }

    /// <summary>The number of bindings that are not completed.</summary>
    public int Bindings { get; private set; }

    /// <summary>Reserves room for the events that a binding causes, beside those that occur in each life.</summary>
    /// <exception cref="OutOfMemoryException">Nothing changed.</exception>
    public void ReserveBinding()
    {
        using (_lock.Enter())
        {
            FaultPoint.Allocation();
            _pending.EnsureCapacity(_pending.Count + CertainEvents + 3);
        }
    }

    /// <summary>Adds an event for which there is room.</summary>
    /// <returns>True if the caller has to notify; false if another thread, or a caller further up on this thread, continues with this event.</returns>
    public bool Enqueue(IoAsidEvent edge)
    {
        using (_lock.Enter())
            return EnqueueLocked(edge);
    }

    /// <summary>Tries to remove the next event.</summary>
    /// <returns>True if there was an event; false if the caller's turn to notify has ended.</returns>
    public bool TryDequeue(out IoAsidEvent edge)
    {
        using (_lock.Enter())
        {
            _notifying = _pending.TryDequeue(out edge);
            return _notifying;
        }
    }

    /// <summary>Counts a binding for which room was reserved. The first one is an event.</summary>
    /// <returns>True if the caller has to notify.</returns>
    public bool Bind(IoAsidSet set)
    {
        using (_lock.Enter())
            return ++Bindings == 1 && EnqueueLocked(Edge(IoAsidEventKind.Bound, set));
    }

    /// <summary>Counts the end of a binding. The end of the last one is an event, unless the id was freed before.</summary>
    /// <returns>True if the caller has to notify.</returns>
    public bool Unbind(IoAsidSet set, ref ulong word)
    {
        using (_lock.Enter())
            return --Bindings == 0 && !LifeWord.Read(ref word).IsPending && EnqueueLocked(Edge(IoAsidEventKind.Unbound, set));
    }

    public IoAsidEvent Edge(IoAsidEventKind kind, IoAsidSet set) => new(kind, Id, Generation, set, PrivateId);

    /// <summary>Returns a task that completes with the end of the life; null if the life has ended.</summary>
    public Task? WaitForEnd()
    {
        TaskCompletionSource? end = null;
        using (_lock.Enter())
        {
            if (!_over)
            {
                FaultPoint.Allocation();
                end = _end ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }

        return end?.Task;
    }

    /// <summary>Completes the task of <see cref="WaitForEnd"/>. Further calls do nothing.</summary>
    public void End()
    {
        TaskCompletionSource? end;
        using (_lock.Enter())
        {
            _over = true;
            end = _end;
        }

        end?.TrySetResult();
    }

    /// <exception cref="OutOfMemoryException">Nothing changed.</exception>
    public void AddHolder(IoAsidHolder holder)
    {
        using (_lock.Enter())
        {
            FaultPoint.Allocation();
            (_holders ??= []).Add(holder);
        }
    }

    public void RemoveHolder(IoAsidHolder holder)
    {
        using (_lock.Enter())
            _holders?.Remove(holder);
    }

    public IoAsidHolder[] Holders()
    {
        using (_lock.Enter())
            return _holders is null ? [] : [.. _holders];
    }

    private bool EnqueueLocked(IoAsidEvent edge)
    {
        _pending.Enqueue(edge);
        bool mine = !_notifying;
        _notifying = true;
        return mine;
    }
}
