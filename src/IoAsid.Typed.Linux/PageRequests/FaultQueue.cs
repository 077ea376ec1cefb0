using IoAsid.Typed.Hardware;
using IoAsid.Typed.Linux.Uapi;

namespace IoAsid.Typed.Linux;

/// <summary>A queue of page requests of the devices that are attached to page tables with this queue.</summary>
/// <remarks>
/// <para>Disposing the queue answers each of its requests with Invalid, those that were read and not answered, too.</para>
/// <para>
/// The kernel knows a request by a number (its cookie) which it uses again at once, and answers requests by itself when a page table is
/// detached. A late answer would then go to another request. This class does not let that happen: a detach and an answer exclude each other.
/// </para>
/// </remarks>
public sealed class FaultQueue : IommufdObject
{
    private const int LargestBuffer = 4096;

    private readonly object _gate = new();
    private readonly Readiness _readiness;
    private readonly Stack<OutstandingRequest> _free = []; // Guarded by _gate.
    private readonly List<OutstandingRequest> _outstanding = []; // Guarded by _gate. Read and not disposed.
    private readonly Queue<OutstandingRequest> _unread = []; // Guarded by _gate. Read from the kernel and not handed out.
    private readonly List<Attachment> _ended = []; // Guarded by _gate. The attachments to notify, outside the lock, of the end of a request.
    private IommuHwptPgfault[] _buffer = new IommuHwptPgfault[64]; // Guarded by _gate.

    internal FaultQueue(Iommufd owner, ObjectHandle handle)
        : base(owner, handle, "fault queue") => _readiness = new(owner.Events, "fault queue");

    private FileHandle File => Handle.Events!;

    /// <summary>Reads the queue, with the PASIDs of its requests looked up in a set.</summary>
    /// <typeparam name="TData">The type that lookups give.</typeparam>
    /// <param name="ids">The set. Requests with a PASID of another set have no data, and should be refused.</param>
    /// <returns>The reader.</returns>
    public PageRequestReader<TData> ReadThrough<TData>(IoAsidReader<TData> ids)
        where TData : class => new(this, ids);

    /// <summary>Takes the next request, if one has arrived.</summary>
    internal OutstandingRequest? TryTake()
    {
        OutstandingRequest? result = null;
        lock (_gate)
        {
            using HandleUse use = Use();
            while (result is null && (_unread.Count > 0 || Fill()))
            {
                OutstandingRequest next = _unread.Dequeue();
                if (next.State == RequestState.Waiting)
                    result = next;
                else
                    End(next);
            }
        }

        ReleaseEnded();
        return result;
    }

    /// <summary>Completes when a request may have arrived.</summary>
    internal ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        return _readiness.WaitAsync(File, cancellationToken);
    }

    /// <summary>Answers a request.</summary>
    /// <returns>False if a detach answered before.</returns>
    internal bool Answer(OutstandingRequest request, uint ticket, IommufdPageResponse response)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(request.Ticket != ticket, typeof(IommufdPageRequest<>));
            if (request.State == RequestState.Answered)
                throw new InvalidOperationException("The page request was answered already. A second answer would go to another request.");

            if (request.State == RequestState.AnsweredByDetach)
                return false;

            Errno error = Write(request.Cookie, response);
            if (error != Errno.None)
                throw new SystemCallException("answer a page request", error);

            request.State = RequestState.Answered;
            return true;
        }
    }

    /// <summary>Returns true if a request was answered.</summary>
    internal bool IsAnswered(OutstandingRequest request, uint ticket)
    {
        lock (_gate)
            return request.Ticket != ticket || request.State != RequestState.Waiting;
    }

    /// <summary>Ends a request, with the answer Invalid if it has none. Further calls do nothing.</summary>
    internal void Complete(OutstandingRequest request, uint ticket)
    {
        lock (_gate)
        {
            if (request.Ticket != ticket)
                return;

            if (request.State == RequestState.Waiting)
            {
                // Without this queue's file the kernel has answered.
                _ = Write(request.Cookie, IommufdPageResponse.Invalid);
            }

            End(request);
        }

        ReleaseEnded();
    }

    /// <summary>
    /// Runs a detach or a replacement. The kernel answers the requests of the attachment, so this queue must not: meanwhile their numbers can
    /// belong to other requests.
    /// </summary>
    internal Errno Detach(Attachment attachment, Func<IommufdDevice, Attachment, Errno> detach)
    {
        lock (_gate)
        {
            Errno error = detach(attachment.Device, attachment);
            if (error == Errno.None)
            {
                foreach (OutstandingRequest request in _outstanding)
                {
                    if (request.Attachment == attachment && request.State == RequestState.Waiting)
                        request.State = RequestState.AnsweredByDetach;
                }
            }

            return error;
        }
    }

    private protected override void Close()
    {
        lock (_gate)
        {
            AnswerAll();
            while (_unread.TryDequeue(out OutstandingRequest? request))
                End(request);
        }

        _readiness.Close();
        ReleaseEnded();
        base.Close();
        if (!Handle.IsClosed)
        {
            // A page table still has this queue. Without an answer, its devices would wait until they are detached.
            _ = RefuseAsync();
        }
    }

    /// <summary>Answers what arrives with Invalid, until the last page table with this queue is gone.</summary>
    private async Task RefuseAsync()
    {
        Readiness readiness = new(Owner.Events, "fault queue");
        try
        {
            ((FaultQueueHandle)Handle).Refusal = readiness;
            while (true)
            {
                await readiness.WaitAsync(File, CancellationToken.None).ConfigureAwait(false);
                RefuseArrived();
            }
        }
        catch (Exception exception) when (exception is ObjectDisposedException or SystemCallException)
        {
            // The queue is gone.
        }
    }

    private void RefuseArrived()
    {
        lock (_gate)
        {
            using HandleUse use = new(Handle);
            while (Fill())
            {
                AnswerAll();
                while (_unread.TryDequeue(out OutstandingRequest? request))
                    End(request);
            }
        }

        ReleaseEnded();
    }

    private void AnswerAll()
    {
        foreach (OutstandingRequest request in _outstanding)
        {
            if (request.State == RequestState.Waiting)
            {
                _ = Write(request.Cookie, IommufdPageResponse.Invalid);
                request.State = RequestState.AnsweredByDetach;
            }
        }
    }

    private void End(OutstandingRequest request)
    {
        if (request.End() is { } attachment)
            _ended.Add(attachment);

        _outstanding.Remove(request);
        _free.Push(request);
    }

    /// <summary>Releases the attachments whose last request has ended. Call outside the lock, because the end of a binding notifies observers.</summary>
    private void ReleaseEnded()
    {
        while (true)
        {
            Attachment attachment;
            lock (_gate)
            {
                if (_ended.Count == 0)
                    return;

                attachment = _ended[^1];
                _ended.RemoveAt(_ended.Count - 1);
            }

            attachment.EndRequest();
        }
    }

    /// <summary>Reads what has arrived. The caller holds a reference to the handle.</summary>
    private unsafe bool Fill()
    {
        nint read;
        do
        {
            fixed (IommuHwptPgfault* pointer = _buffer)
                read = Owner.Calls.Read(File.Descriptor, pointer, (nuint)(_buffer.Length * sizeof(IommuHwptPgfault)));

            if (read == -(nint)Errno.InvalidArgument && _buffer.Length < LargestBuffer)
            {
                // A group larger than the buffer.
                _buffer = new IommuHwptPgfault[_buffer.Length * 2];
                read = -(nint)Errno.Interrupted;
            }
        }
        while (read == -(nint)Errno.Interrupted);

        if (read == -(nint)Errno.TryAgain)
            return false;

        SystemCall.ThrowIfFailed(read, "read page requests", this);
        Decode(_buffer.AsSpan(0, (int)read / sizeof(IommuHwptPgfault)));
        return _unread.Count > 0;
    }

    private void Decode(ReadOnlySpan<IommuHwptPgfault> messages)
    {
        while (messages.Length > 0)
        {
            int length = 1;
            while (length < messages.Length && messages[length].Cookie == messages[0].Cookie)
                length++;

            IommuHwptPgfault last = messages[length - 1];
            IommufdDevice? device = Owner.FindDevice(last.DevId);
            if (!_free.TryPop(out OutstandingRequest? request))
                request = new(this);

            Pasid? pasid = (last.Flags & IommuHwptPgfault.PasidValid) != 0 ? IommufdPasidConversion.ToPasid(last.Pasid) : null;
            request.Begin(messages[..length], pasid, device, device?.FindAttachment(pasid ?? IommufdPasidConversion.None));
            _outstanding.Add(request);
            _unread.Enqueue(request);
            messages = messages[length..];
        }
    }

    private unsafe Errno Write(uint cookie, IommufdPageResponse response)
    {
        IommuHwptPageResponse message = new() { Cookie = cookie, Code = (uint)response };
        using HandleUse use = new(File);
        nint written;
        do
            written = Owner.Calls.Write(File.Descriptor, &message, (nuint)sizeof(IommuHwptPageResponse));
        while (written == -(nint)Errno.Interrupted);
        return written < 0 ? (Errno)(-written) : Errno.None;
    }
}
