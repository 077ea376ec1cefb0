using IoAsid.Typed.Hardware;
using IoAsid.Typed.Linux.Uapi;

namespace IoAsid.Typed.Linux;

/// <summary>
/// A group of page requests between its reading and its disposal. Used again after its disposal; the ticket tells its uses apart, so a request
/// costs no allocation. Everything here is guarded by the lock of the queue.
/// </summary>
internal sealed class OutstandingRequest(FaultQueue queue)
{
    private PageFault[] _pages = new PageFault[4];

    public FaultQueue Queue => queue;

    /// <summary>The next one in the list of outstanding requests, or of those that are used again.</summary>
    public OutstandingRequest? Next { get; set; }

    /// <summary>The previous one in the list of outstanding requests.</summary>
    public OutstandingRequest? Previous { get; set; }

    /// <summary>The next one among the requests that are not handed out.</summary>
    public OutstandingRequest? NextUnread { get; set; }

    public uint Ticket { get; private set; }

    public uint Cookie { get; private set; }

    public uint Group { get; private set; }

    /// <summary>The PASID; null if the request has none.</summary>
    public Pasid? Pasid { get; private set; }

    public IommufdDevice? Device { get; private set; }

    public Attachment? Attachment { get; private set; }

    public RequestState State { get; set; }

    public ReadOnlySpan<PageFault> Pages => _pages.AsSpan(0, PageCount);

    public int PageCount { get; private set; }

    /// <summary>Decodes the messages of a group.</summary>
    public void Begin(ReadOnlySpan<IommuHwptPgfault> messages, Pasid? pasid, IommufdDevice? device, Attachment? attachment)
    {
        if (_pages.Length < messages.Length)
            _pages = new PageFault[messages.Length];

        IommuHwptPgfault last = messages[^1];
        (Cookie, Group, Pasid) = (last.Cookie, last.Grpid, pasid);
        (Device, Attachment, State, PageCount) = (device, attachment, RequestState.Waiting, messages.Length);
        for (int i = 0; i < messages.Length; i++)
            _pages[i] = new(messages[i].Addr, (PageFaultRights)messages[i].Perm, messages[i].Length);

        attachment?.BeginRequest();
    }

    /// <summary>Ends the use. The caller ends the request of the attachment that this returns, outside of the lock.</summary>
    public Attachment? End()
    {
        Ticket++;
        Attachment? attachment = Attachment;
        (Device, Attachment, State) = (null, null, RequestState.Ended);
        return attachment;
    }
}
