using IoAsid.Typed.Hardware;
using IoAsid.Typed.Linux.Uapi;

namespace IoAsid.Typed.Linux;

/// <summary>A queue of page requests of the devices that are attached to page tables with this queue.</summary>
/// <remarks>
/// <para>The disposal of the queue sends the response Invalid for each request without a response, also for those that were read.</para>
/// <para>
/// The kernel knows a request by a number (its cookie) which it uses again at once, and responds to requests itself when a page table is
/// detached. A late response would then go to another request. This class prevents that: a detach and a response exclude each other.
/// </para>
/// </remarks>
public sealed class FaultQueue : IommufdObject
{
    private const int LargestBuffer = 4096;

    private readonly Gate _gate = new();
    private readonly Readiness _readiness;
    private readonly ISystemCalls _calls;
    private readonly FileHandle _file;
    private readonly RequestList _outstanding = new(); // Guarded by _gate. Read and not disposed.
    private OutstandingRequest? _free; // Guarded by _gate. The requests that are used again, linked by Next.
    private readonly RequestQueue _unread = new(); // Guarded by _gate. Read from the kernel and not handed out.
    private readonly List<Attachment> _ended = []; // Guarded by _gate. The attachments to notify, outside the lock, of the end of a request.
    private IommuHwptPgfault[] _buffer = new IommuHwptPgfault[64]; // Guarded by _gate.

    internal FaultQueue(Iommufd owner, ObjectHandle handle)
        : base(owner, handle, "fault queue")
    {
        _calls = owner.Calls;
        _file = handle.Events!;
        _readiness = new(owner.Events, "fault queue");
    }

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
        using (_gate.Enter())
        {
            ObjectDisposedException.ThrowIf(IsDisposed, this);
            while (result is null && (_unread.TryDequeue(out OutstandingRequest? next) || (Fill() && _unread.TryDequeue(out next))))
            {
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
        return _readiness.WaitAsync(_file, cancellationToken);
    }

    /// <summary>Sends the response to a request.</summary>
    /// <returns>False if a detach has sent one before.</returns>
    internal bool Respond(OutstandingRequest request, uint ticket, IommufdPageResponse response)
    {
        using (_gate.Enter())
        {
            ObjectDisposedException.ThrowIf(request.Ticket != ticket, typeof(IommufdPageRequest<>));
            if (request.State == RequestState.Responded)
                throw new InvalidOperationException("The page request has a response already. A second response would go to another request.");

            if (request.State == RequestState.RejectedByDetach)
                return false;

            Errno error = Write(request.Cookie, response);
            if (error != Errno.None)
                throw new SystemCallException("respond to a page request", error);

            request.State = RequestState.Responded;
            return true;
        }
    }

    /// <summary>Returns true if a request has a response.</summary>
    internal bool IsAnswered(OutstandingRequest request, uint ticket)
    {
        using (_gate.Enter())
            return request.Ticket != ticket || request.State != RequestState.Waiting;
    }

    /// <summary>Ends a request, with the response Invalid if it has no response. Further calls do nothing.</summary>
    internal void Complete(OutstandingRequest request, uint ticket)
    {
        Attachment? attachment;
        using (_gate.Enter())
        {
            if (request.Ticket != ticket)
                return;

            if (request.State == RequestState.Waiting)
            {
                // Without this queue's file the kernel has responded.
                _ = Write(request.Cookie, IommufdPageResponse.Invalid);
            }

            attachment = Recycle(request);
        }

        attachment?.EndRequest();
    }

    /// <summary>
    /// Runs a detach or a replacement. The kernel responds to the requests of the attachment. This queue must not, because their numbers can
    /// already belong to other requests.
    /// </summary>
    internal Errno Detach(Attachment attachment, Func<IommufdDevice, Attachment, Errno> detach)
    {
        using (_gate.Enter())
        {
            Errno error = detach(attachment.Device, attachment);
            if (error == Errno.None)
            {
                for (OutstandingRequest? request = _outstanding.First; request is not null; request = request.Next)
                {
                    if (request.Attachment == attachment && request.State == RequestState.Waiting)
                        request.State = RequestState.RejectedByDetach;
                }
            }

            return error;
        }
    }

    private protected override void Close()
    {
        using (_gate.Enter())
        {
            RejectAll();
            while (_unread.TryDequeue(out OutstandingRequest? request))
                End(request);
        }

        _readiness.Close();
        ReleaseEnded();
        base.Close();
        if (!Handle.IsClosed)
        {
            // A page table still has this queue. Without a response, its devices would wait until they are detached.
            _ = RefuseAsync();
        }
    }

    /// <summary>Sends the response Invalid to arriving requests, until the last page table with this queue is gone.</summary>
    private async Task RefuseAsync()
    {
        Readiness readiness = new(Owner.Events, "fault queue");
        try
        {
            ((FaultQueueHandle)Handle).Refusal = readiness;
            while (true)
            {
                await readiness.WaitAsync(_file, CancellationToken.None).ConfigureAwait(false);
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
        using (_gate.Enter())
        {
            using HandleUse use = new(Handle);
            while (Fill())
            {
                RejectAll();
                while (_unread.TryDequeue(out OutstandingRequest? request))
                    End(request);
            }
        }

        ReleaseEnded();
    }

    private void RejectAll()
    {
        for (OutstandingRequest? request = _outstanding.First; request is not null; request = request.Next)
        {
            if (request.State == RequestState.Waiting)
            {
                _ = Write(request.Cookie, IommufdPageResponse.Invalid);
                request.State = RequestState.RejectedByDetach;
            }
        }
    }

    private void End(OutstandingRequest request)
    {
        if (Recycle(request) is { } attachment)
            _ended.Add(attachment);
    }

    /// <summary>Ends a request, so that it is used again. The caller ends the request of the attachment that this returns, outside of the lock.</summary>
    private Attachment? Recycle(OutstandingRequest request)
    {
        _outstanding.Remove(request);
        (request.Next, _free) = (_free, request);
        return request.End();
    }

    /// <summary>Releases the attachments whose last request has ended. Call outside the lock, because the end of a binding notifies observers.</summary>
    private void ReleaseEnded()
    {
        // Each thread releases what it added, so a count without the lock is enough.
        while (_ended.Count > 0)
        {
            Attachment attachment;
            using (_gate.Enter())
            {
                if (_ended.Count == 0)
                    return;

                attachment = _ended[^1];
                _ended.RemoveAt(_ended.Count - 1);
            }

            attachment.EndRequest();
        }
    }

    /// <summary>
    /// Reads what has arrived. The caller holds the lock, and has found the queue not disposed or has a reference to the handle. The disposal takes the lock before it closes the file.
    /// </summary>
    private unsafe bool Fill()
    {
        nint read;
        do
        {
            fixed (IommuHwptPgfault* pointer = _buffer)
                read = _calls.Read(_file.Descriptor, pointer, (nuint)(_buffer.Length * sizeof(IommuHwptPgfault)));

            if (read == -(nint)Errno.InvalidArgument && _buffer.Length < LargestBuffer)
            {
                // A group larger than the buffer.
                _buffer = new IommuHwptPgfault[_buffer.Length * 2];
                read = -(nint)Errno.Interrupted;
            }
        }
        while (read == -(nint)Errno.Interrupted);

        GC.KeepAlive(this);
        if (read == -(nint)Errno.TryAgain)
            return false;

        SystemCall.ThrowIfFailed(read, "read page requests", this);
        Decode(_buffer.AsSpan(0, (int)read / sizeof(IommuHwptPgfault)));
        return !_unread.IsEmpty;
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
            OutstandingRequest request = _free ?? new(this);
            _free = request.Next;
            Pasid? pasid = (last.Flags & IommuHwptPgfault.PasidValid) != 0 ? IommufdPasidConversion.ToPasid(last.Pasid) : null;
            request.Begin(messages[..length], pasid, device, device?.FindAttachment(pasid ?? IommufdPasidConversion.None));
            _outstanding.Add(request);
            _unread.Enqueue(request);
            messages = messages[length..];
        }
    }

    /// <summary>Writes a response. The caller holds the lock, and the file is open, as for <see cref="Fill"/>: after the disposal no request waits.</summary>
    private unsafe Errno Write(uint cookie, IommufdPageResponse response)
    {
        IommuHwptPageResponse message = new() { Cookie = cookie, Code = (uint)response };
        nint written;
        do
            written = _calls.Write(_file.Descriptor, &message, (nuint)sizeof(IommuHwptPageResponse));
        while (written == -(nint)Errno.Interrupted);
        GC.KeepAlive(this);
        return written < 0 ? (Errno)(-written) : Errno.None;
    }
}
