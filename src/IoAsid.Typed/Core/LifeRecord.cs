namespace IoAsid.Typed.Core;

/// <summary>
/// What only few lives need: bindings, a private id, waiters for the reclaim, events not yet told, tracked holders. One record per life
/// of a number, made when first needed.
/// </summary>
internal sealed class LifeRecord(RawIoAsid id, uint generation)
{
    // An own object, which systematic exploration controls; a record is rare enough to afford it.
    private readonly object _lock = new();
    private readonly Queue<IoAsidEvent> _untold = new();
    private TaskCompletionSource? _end;
    private List<IoAsidHolder>? _holders;
    private PrivateIoAsid? _privateId;
    private bool _telling;
    private bool _over;

    public RawIoAsid Id { get; } = id;

    public uint Generation { get; } = generation;

    /// <summary>Changed only by whoever has the life's <see cref="LifeWord.Writing"/> flag, and by the free.</summary>
    public PrivateIoAsid? PrivateId
    {
        get
        {
            // Two words, and edges are made by threads that have no turn.
            lock (_lock)
            {
                return _privateId;
            }
        }

        set
        {
            lock (_lock)
            {
                _privateId = value;
            }
        }
    }

    /// <summary>Bindings not yet completed.</summary>
    public int Bindings { get; private set; }

    /// <summary>Adds an event to those to be told.</summary>
    /// <returns>Whether the caller has to tell them; if not, another thread, or a call further up, is at it and goes on with this one.</returns>
    public bool Enqueue(IoAsidEvent edge)
    {
        lock (_lock)
        {
            return EnqueueLocked(edge);
        }
    }

    /// <summary>The next event to tell; if there is none, the caller's telling has ended.</summary>
    public bool TryDequeue(out IoAsidEvent edge)
    {
        lock (_lock)
        {
            _telling = _untold.TryDequeue(out edge);
            return _telling;
        }
    }

    /// <summary>Counts a binding; the first one is an event.</summary>
    /// <returns>Whether the caller has to tell.</returns>
    public bool Bind(IoAsidSet set)
    {
        lock (_lock)
        {
            return ++Bindings == 1 && EnqueueLocked(Edge(IoAsidEventKind.Bound, set));
        }
    }

    /// <summary>Counts a binding's end; the last one is an event, unless the id was freed before.</summary>
    /// <returns>Whether the caller has to tell.</returns>
    public bool Unbind(IoAsidSet set, ref ulong word)
    {
        lock (_lock)
        {
            return --Bindings == 0 && !LifeWord.Read(ref word).IsPending && EnqueueLocked(Edge(IoAsidEventKind.Unbound, set));
        }
    }

    public IoAsidEvent Edge(IoAsidEventKind kind, IoAsidSet set) => new(kind, Id, Generation, set, PrivateId);

    /// <summary>A task that ends with the life; null if it has ended.</summary>
    public Task? WaitForEnd()
    {
        lock (_lock)
        {
            if (_over)
            {
                return null;
            }

            _end ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _end.Task;
        }
    }

    /// <summary>Completes those who wait for the end.</summary>
    public void End()
    {
        TaskCompletionSource? end;
        lock (_lock)
        {
            _over = true;
            end = _end;
        }

        end?.SetResult();
    }

    public void AddHolder(IoAsidHolder holder)
    {
        lock (_lock)
        {
            (_holders ??= []).Add(holder);
        }
    }

    public void RemoveHolder(IoAsidHolder holder)
    {
        lock (_lock)
        {
            _holders?.Remove(holder);
        }
    }

    public IoAsidHolder[] Holders()
    {
        lock (_lock)
        {
            return _holders is null ? [] : [.. _holders];
        }
    }

    private bool EnqueueLocked(IoAsidEvent edge)
    {
        _untold.Enqueue(edge);
        bool mine = !_telling;
        _telling = true;
        return mine;
    }
}
